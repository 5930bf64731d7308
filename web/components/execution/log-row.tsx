import { ChevronRight } from "lucide-react";
import { Link } from "@/components/ui/link";
import { memo } from "react";

import { LogText } from "@/components/execution/log-text";
import { JsonView } from "@/components/ui/json-view";
import { cn } from "@/lib/cn";
import { formatClock, formatCount } from "@/lib/format";
import { read, type LogEntry } from "@/lib/logs/entry";
import type { Level } from "@/lib/logs/level";

/** Of a line that is not unfolded only so much is drawn, in characters. */
const glance = 2000;
/** Every so many lines of an execution it is named again, so that its name is in sight wherever one reads. */
const reminder = 16;

const levels: Record<Level, { letter: string; name: string; look: string; edge: string }> = {
  error: { letter: "E", name: "Error", look: "text-failure", edge: "border-failure" },
  warn: { letter: "W", name: "Warning", look: "text-warning", edge: "border-warning" },
  info: { letter: "I", name: "Info", look: "text-ink-3", edge: "border-transparent" },
  debug: { letter: "D", name: "Debug", look: "text-ink-3", edge: "border-transparent" },
};

const streams = { stdout: null, stderr: { mark: "err", name: "Standard error" }, system: { mark: "sys", name: "Written by the platform" } };

export interface LogRowProps {
  entry: LogEntry;
  /** Whether it is the first of its execution here, which is then named. */
  opens: boolean;
  /** The date, where it is another than that of the line before. */
  day: string | null;
  /** Whether lines say which function they are of. */
  origins: boolean;
  wrap: boolean;
  query: string;
  /** Whether it is the match that the search stands at. */
  current: boolean;
  unfolded: boolean;
  onToggle: (entry: LogEntry) => void;
}

export const LogRow = memo(function LogRow({ entry, opens, day, origins, wrap, query, current, unfolded, onToggle }: LogRowProps) {
  const { plain, level, json } = read(entry);
  const look = level && levels[level];
  const stream = streams[entry.stream];
  const foldable = json || plain.length > glance;
  return (
    <div className={cn("border-l-2", look ? look.edge : "border-transparent", origins && opens && "border-t border-t-hairline", current ? "bg-selected" : "hover:bg-hover")}>
      {day !== null && <p className="px-2 py-1 text-xs text-ink-3">{day}</p>}
      {origins && opens && <Origin entry={entry} className="px-2 pt-1 md:hidden" />}
      <div className={cn("flex items-start gap-1.5 px-2 font-mono sm:gap-2 text-xs leading-5", wrap ? "whitespace-pre-wrap" : "w-max min-w-full whitespace-pre")}>
        <Clock entry={entry} />
        {origins && <span className="hidden w-36 shrink-0 md:block">{(opens || entry.seq % reminder === 0) && <Origin entry={entry} />}</span>}
        <span title={look ? look.name : undefined} className={cn("w-[1ch] shrink-0 font-medium max-sm:empty:hidden", look?.look)}>
          {look?.letter}
        </span>
        <span title={stream?.name} className="w-[3ch] shrink-0 text-ink-3 max-sm:empty:hidden">
          {stream?.mark}
        </span>
        {foldable ? <Fold entry={entry} unfolded={unfolded} onToggle={onToggle} /> : <span className="w-3 shrink-0 max-sm:hidden" />}
        <span className={cn("min-w-0", wrap && "[overflow-wrap:anywhere]")}>
          {!(unfolded && json) && <LogText text={entry.text} query={query} limit={unfolded ? Infinity : glance} />}
          {unfolded && json && <span className="text-ink-3">{plain.length > 80 ? `${plain.slice(0, 80)}…` : plain}</span>}
          {!unfolded && plain.length > glance && <span className="text-ink-3"> … {formatCount(plain.length - glance)} more characters</span>}
        </span>
      </div>
      {unfolded && json && <JsonView label={`line ${entry.seq}`} raw={plain} className="sticky left-0 mx-2 mb-1 max-h-96 max-w-[calc(100vw-3rem)] border" />}
      {entry.note !== undefined && (
        <p className="sticky left-0 flex w-fit items-center gap-2 px-2 py-1 text-xs text-warning">
          <span aria-hidden>✂</span>
          {entry.note}
        </p>
      )}
    </div>
  );
});

/** Every line leads to its execution; for the keyboard the name above the first one does, so that lines are no stops. */
function Clock({ entry: { time, execution_id } }: { entry: LogEntry }) {
  const clock = (
    <time dateTime={time} title={time}>
      {formatClock(time)}
    </time>
  );
  if (execution_id === undefined) return <span className="shrink-0 text-ink-3">{clock}</span>;
  return (
    <Link href={`/executions/${execution_id}`} prefetch={false} tabIndex={-1} className="shrink-0 text-ink-3 hover:text-ink hover:underline">
      {clock}
    </Link>
  );
}

function Fold({ entry, unfolded, onToggle }: Pick<LogRowProps, "entry" | "unfolded" | "onToggle">) {
  return (
    <button
      type="button"
      aria-expanded={unfolded}
      aria-label={`${unfolded ? "Fold" : "Unfold"} line ${entry.seq}`}
      onClick={() => onToggle(entry)}
      className="relative mt-1 w-3 shrink-0 rounded-xs text-ink-3 after:absolute after:-inset-x-1.5 after:-inset-y-1 hover:text-ink"
    >
      <ChevronRight aria-hidden className={cn("size-3", unfolded && "rotate-90")} />
    </button>
  );
}

function Origin({ entry: { execution_id, function_name }, className }: { entry: LogEntry; className?: string }) {
  if (execution_id === undefined) return null;
  return (
    <Link prefetch={false} href={`/executions/${execution_id}`} title={`${function_name ?? ""} ${execution_id}`} className={cn("block truncate font-mono text-xs leading-5 text-ink-2 hover:text-ink hover:underline", className)}>
      {function_name ?? execution_id}
    </Link>
  );
}
