import type { ReactNode } from "react";

import { Skeleton } from "@/components/ui/skeleton";
import type { Stats } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatCount, formatDuration, formatShare } from "@/lib/format";

interface Figure {
  label: string;
  value: string;
  note?: ReactNode;
  failing?: boolean;
}

/** The totals of the range in one row between hairlines. */
export function StatsFigures({ stats, className }: { stats: Stats | undefined; className?: string }) {
  return (
    <dl aria-busy={stats === undefined} className={cn("grid grid-cols-2 overflow-hidden border-b sm:grid-cols-3 lg:grid-cols-6", className)}>
      {figuresOf(stats).map(({ label, value, note, failing }, i) => (
        <div key={label} className={cn("-mt-px -ml-px border-t border-l px-4 py-4", i === 0 && "pl-0", "max-sm:odd:pl-0 sm:max-lg:[&:nth-child(3n+1)]:pl-0")}>
          <dt className="text-xs text-ink-3">{label}</dt>
          <dd className={cn("pt-1 font-mono text-xl tracking-tight", failing && "text-failure")}>{stats ? value : <Skeleton className="my-1.5 w-20" />}</dd>
          <dd className="h-4 truncate text-xs text-ink-3">{stats && note}</dd>
        </div>
      ))}
    </dl>
  );
}

function figuresOf(stats: Stats | undefined): Figure[] {
  const totals = stats?.totals;
  const ran = totals !== undefined && totals.executions > 0;
  const errors = totals ? totals.failed + totals.timeout : 0;
  const duration = (ms: number | null | undefined) => (typeof ms === "number" ? formatDuration(ms) : "–");
  return [
    { label: "Executions", value: formatCount(totals?.executions ?? 0), note: totals && totals.canceled > 0 && `${formatCount(totals.canceled)} canceled` },
    { label: "Error rate", value: ran ? formatShare(totals.error_rate) : "–", note: errors > 0 && `${formatCount(errors)} failed or timed out`, failing: errors > 0 },
    { label: "p50", value: duration(totals?.p50_ms), note: "of the handler" },
    { label: "p95", value: duration(totals?.p95_ms) },
    { label: "p99", value: duration(totals?.p99_ms), note: typeof totals?.max_ms === "number" && `${formatDuration(totals.max_ms)} at most` },
    { label: "Cold starts", value: ran ? formatShare(totals.cold / totals.executions) : "–", note: ran && `${formatCount(totals.cold)} on fresh machines` },
  ];
}
