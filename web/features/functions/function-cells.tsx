"use client";

import { Link } from "@/components/ui/link";
import { memo } from "react";

import { Badge } from "@/components/ui/badge";
import { Sparkline } from "@/components/ui/sparkline";
import { Td } from "@/components/ui/table";
import { Duration, RelativeTime } from "@/components/ui/time";
import type { Func, FunctionStats } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatCompact, formatCount, formatShare } from "@/lib/format";
import { statusLook } from "@/lib/status";

interface Props {
  fn: Func;
  stats: FunctionStats | undefined;
  /** How the runtime is called. */
  runtime: string;
}

/** The cells of one function. In a row that is `relative` a press anywhere opens it. */
export const FunctionCells = memo(function FunctionCells({ fn, stats, runtime }: Props) {
  return (
    <>
      <Td className="h-12 w-full max-w-0 pl-0">
        <Link href={`/functions/${fn.id}`} title={fn.name} className="block truncate font-medium text-ink after:absolute after:inset-0">
          {fn.name}
        </Link>
        {fn.description && (
          <span className="block truncate text-xs text-ink-3" title={fn.description}>
            {fn.description}
          </span>
        )}
      </Td>
      <Td className="hidden md:table-cell">
        <Badge>{runtime}</Badge>
      </Td>
      <Td className="whitespace-nowrap">
        <LastRun last={stats?.last_execution} />
      </Td>
      <Td className="hidden sm:table-cell">{stats && <Runs stats={stats} />}</Td>
      <Td numeric className={cn(stats && stats.errors > 0 ? "text-failure" : "text-ink-3")}>
        {stats && stats.executions > 0 ? formatShare(stats.error_rate) : "–"}
      </Td>
      <Td numeric className="hidden text-ink-2 lg:table-cell">
        <Duration ms={stats?.p95_ms} />
      </Td>
      <Td numeric className="hidden pr-0 font-sans text-ink-3 lg:table-cell">
        <RelativeTime time={fn.created_at} />
      </Td>
    </>
  );
});

function LastRun({ last }: { last: FunctionStats["last_execution"] | undefined }) {
  if (last === undefined) return <span className="text-ink-3">–</span>;
  if (last === null) return <span className="text-ink-3">Never</span>;
  const { icon: Icon, label, text } = statusLook(last.status);
  return (
    <Link
      href={`/executions/${last.id}`}
      title={label}
      className="relative z-1 inline-flex items-center gap-2 rounded-sm align-middle text-ink-2 hover:text-ink hover:underline"
    >
      <Icon aria-hidden className={cn("size-3.5", text)} />
      <span className="sr-only">{label}</span>
      <RelativeTime time={last.created_at} />
    </Link>
  );
}

function Runs({ stats }: { stats: FunctionStats }) {
  const label = `${formatCount(stats.executions)} runs in 24 hours, ${formatCount(stats.errors)} failed`;
  return (
    <span className="flex items-center gap-2">
      <Sparkline points={stats.points.map((p) => p.executions)} failures={stats.points.map((p) => p.errors)} width={112} height={20} label={label} />
      <span className="w-10 text-right font-mono text-xs text-ink-3" aria-hidden="true">
        {formatCompact(stats.executions)}
      </span>
    </span>
  );
}
