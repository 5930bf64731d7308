import type { Phase } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatDuration, formatShare } from "@/lib/format";

const phases: Record<string, { label: string; meaning: string }> = {
  admit: { label: "Admit", meaning: "Authentication, quota and size of the input" },
  queue: { label: "Queue", meaning: "Waiting for a free slot" },
  acquire: { label: "Acquire", meaning: "Getting a machine: from the pool, by starting or by restoring one" },
  load: { label: "Load", meaning: "Code and dependencies, and the module's own initialisation" },
  handler: { label: "Handler", meaning: "The function itself" },
  record: { label: "Record", meaning: "Collecting logs and usage" },
};

export interface WaterfallProps {
  /** In order, each beginning where the one before ended; in milliseconds. */
  phases: readonly Phase[];
  /** What the axis spans, in milliseconds: that of all phases when left out. Two executions are compared on one axis. */
  total?: number;
}

/** Where the time of an execution went: a table whose middle column is drawn on one axis. */
export function Waterfall({ phases: given, total }: WaterfallProps) {
  const sum = given.reduce((all, phase) => all + phase.ms, 0);
  const span = Math.max(total ?? sum, sum, Number.MIN_VALUE);
  const starts = given.map((_, i) => given.slice(0, i).reduce((all, phase) => all + phase.ms, 0));
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">Phases of the execution, {formatDuration(sum)} in all</caption>
      <thead className="text-left text-xs text-ink-3">
        <tr>
          <th scope="col" className="w-18 pb-1 font-normal">
            Phase
          </th>
          <th scope="col" className="pb-1 font-normal">
            <span className="flex justify-between">
              <span>0</span>
              <span>
                <span className="sr-only">to </span>
                {formatDuration(span)}
              </span>
            </span>
          </th>
          <th scope="col" className="w-20 pb-1 text-right font-normal">
            Time
          </th>
          <th scope="col" className="hidden w-16 pb-1 text-right font-normal sm:table-cell">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {given.map((phase, i) => (
          <Bar key={phase.name} phase={phase} start={starts[i] ?? 0} span={span} sum={sum} />
        ))}
      </tbody>
    </table>
  );
}

function Bar({ phase, start, span, sum }: { phase: Phase; start: number; span: number; sum: number }) {
  const { label, meaning } = phases[phase.name] ?? { label: phase.name, meaning: "" };
  const handler = phase.name === "handler";
  const percent = (ms: number) => `${(ms / span) * 100}%`;
  return (
    <tr title={`${meaning}. Begins at ${formatDuration(start)}, takes ${formatDuration(phase.ms)}.`} className="group">
      <th scope="row" className={cn("truncate pr-2 text-left font-normal", handler ? "text-ink" : "text-ink-2")}>
        {label}
      </th>
      <td aria-hidden className="border-x border-hairline py-0.5">
        <div className="relative h-4 group-hover:bg-hover">
          <div
            className={cn("absolute inset-y-0.5 min-w-0.5 rounded-xs", handler ? "bg-accent" : "bg-chart-2")}
            // At the very end it would be pushed out by its least width.
            style={{ left: `min(${percent(start)}, 100% - 2px)`, width: percent(phase.ms) }}
          />
        </div>
      </td>
      <td className="pl-2 text-right font-mono text-xs whitespace-nowrap">{formatDuration(phase.ms)}</td>
      <td className="hidden text-right font-mono text-xs text-ink-3 sm:table-cell">{sum > 0 ? formatShare(phase.ms / sum) : "–"}</td>
    </tr>
  );
}
