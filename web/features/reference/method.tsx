import { cn } from "@/lib/cn";

/** Reading is quiet; what changes something stands out, and what deletes has the colour of failure. */
const looks: Record<string, string> = { GET: "text-ink-3", WS: "text-ink-3", DELETE: "text-failure" };

export function Method({ method, className }: { method: string; className?: string }) {
  return <span className={cn("font-mono text-2xs font-medium", looks[method] ?? "text-ink", className)}>{method}</span>;
}
