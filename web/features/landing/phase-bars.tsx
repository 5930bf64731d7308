import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";

/** The phases of one execution after one another, on one scale. */
export function PhaseBars({ phases }: { phases: { name: string; ms: number }[] }) {
  const total = phases.reduce((sum, phase) => sum + phase.ms, 0);
  const offsets = phases.map((_, i) => phases.slice(0, i).reduce((sum, phase) => sum + phase.ms, 0));
  return (
    <ol className="flex flex-col gap-1 font-mono text-xs">
      {phases.map(({ name, ms }, i) => (
        <li key={name} className="grid grid-cols-[4.5rem_minmax(0,1fr)_4.5rem] items-center gap-3">
          <span className="text-ink-2">{name}</span>
          <span aria-hidden="true" className="relative h-3">
            <span className="absolute inset-x-0 top-1/2 h-px bg-hairline" />
            <span
              className={cn("absolute inset-y-0 min-w-0.5", name === "handler" ? "bg-accent outline outline-accent-text" : "bg-chart-2")}
              style={{ left: `min(${((offsets[i] ?? 0) / total) * 100}%, calc(100% - 2px))`, width: `${(ms / total) * 100}%` }}
            />
          </span>
          <span className="text-right text-ink">{formatDuration(ms)}</span>
        </li>
      ))}
    </ol>
  );
}
