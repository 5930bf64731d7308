"use client";

import { Link } from "@/components/ui/link";
import { useState } from "react";

import { ErrorNote } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { Sparkline } from "@/components/ui/sparkline";
import type { FunctionStats, StatsRange } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { useFunctions } from "@/lib/data/functions";
import { formatCompact, formatCount, formatShare } from "@/lib/format";

import { ranked, type RankingOrder } from "./ranking";

const shown = 5;
const orders = [
  { value: "runs", label: "Busiest" },
  { value: "errors", label: "Most failing" },
] as const;

interface Props {
  stats: ReadonlyMap<string, FunctionStats> | undefined;
  error: unknown;
  range: StatsRange;
  className?: string;
}

/** The functions that run most, or fail most, within the range. */
export function FunctionRanking({ stats, error, range, className }: Props) {
  const [order, setOrder] = useState<RankingOrder>("runs");
  const { functions } = useFunctions({ pageSize: 200 });
  const names = new Map(functions?.map((fn) => [fn.id, fn.name]));
  const rows = stats && ranked(stats.values(), order, shown);
  return (
    <section aria-labelledby="ranking" className={cn("min-w-0 py-5", className)}>
      <div className="mb-2 flex h-7 items-center justify-between gap-2">
        <h2 id="ranking" className="text-sm font-medium">
          Functions
        </h2>
        <Segmented aria-label="Order" value={order} options={orders} onValueChange={setOrder} />
      </div>
      {rows === undefined && (error === undefined ? <RowSkeletons /> : <ErrorNote error={error} />)}
      {rows?.length === 0 && <p className="py-8 text-center text-sm text-ink-3">{order === "runs" ? "Nothing ran in this range." : "Nothing failed in this range."}</p>}
      <ul className="divide-y">
        {rows?.map((fn) => (
          <RankedFunction key={fn.function_id} fn={fn} name={names.get(fn.function_id) ?? fn.function_id} range={range} />
        ))}
      </ul>
    </section>
  );
}

function RankedFunction({ fn, name, range }: { fn: FunctionStats; name: string; range: StatsRange }) {
  return (
    <li className="flex h-10 items-center gap-3 text-sm">
      <Link href={`/functions/${fn.function_id}`} title={name} className="min-w-0 grow truncate rounded-sm hover:underline">
        {name}
      </Link>
      <Sparkline
        points={fn.points.map((p) => p.executions)}
        failures={fn.points.map((p) => p.errors)}
        width={96}
        label={`${formatCount(fn.executions)} runs in ${range}, ${formatCount(fn.errors)} failed`}
        className="hidden sm:block"
      />
      <span className="w-12 text-right font-mono text-xs" title={`${formatCount(fn.executions)} runs`}>
        {formatCompact(fn.executions)}
      </span>
      <span className={cn("w-14 text-right font-mono text-xs", fn.errors > 0 ? "text-failure" : "text-ink-3")} title={`${formatCount(fn.errors)} failed or timed out`}>
        {formatShare(fn.error_rate)}
      </span>
    </li>
  );
}

function RowSkeletons() {
  return (
    <div className="flex flex-col gap-5 py-3" role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: shown }, (_, i) => (
        <Skeleton key={i} className="h-5" />
      ))}
    </div>
  );
}
