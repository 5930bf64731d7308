import type { Connection } from "@/lib/stream/connection";
import { cn } from "@/lib/cn";

const looks = {
  connecting: { text: "Connecting…", dot: "bg-idle" },
  live: { text: "Live", dot: "bg-accent" },
  interrupted: { text: "Reconnecting…", dot: "bg-warning" },
} satisfies Record<Exclude<Connection, "ended">, object>;

/** How a stream stands, in a word; nothing when it has ended or there is none. */
export function ConnectionNote({ connection, className }: { connection: Connection | null; className?: string }) {
  return (
    <span role="status" className={cn("inline-flex items-center gap-1.5 px-1 text-xs text-ink-2 empty:hidden", className)}>
      {connection !== null && connection !== "ended" && (
        <>
          <span aria-hidden className={cn("size-1.5 rounded-full", looks[connection].dot)} />
          {looks[connection].text}
        </>
      )}
    </span>
  );
}
