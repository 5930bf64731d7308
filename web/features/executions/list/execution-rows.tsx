"use client";

import { useEffect, useEffectEvent } from "react";

import { Spinner } from "@/components/ui/spinner";
import { useRowsInSight } from "@/components/ui/use-rows-in-sight";
import type { ExecutionSummary } from "@/lib/api/types";
import { formatCount } from "@/lib/format";

import { ExecutionCells, ExecutionColumns, RowsSkeleton } from "./execution-cells";
import { useRowKeys } from "./use-row-keys";
import { useScrollReturn } from "./use-scroll-return";

export interface ExecutionRowsProps {
  /** Undefined while they load. */
  executions: readonly ExecutionSummary[] | undefined;
  isLoadingMore: boolean;
  isComplete: boolean;
  onMore: () => void;
}

export function ExecutionRows({ executions, isLoadingMore, isComplete, onMore }: ExecutionRowsProps) {
  useScrollReturn(executions !== undefined);
  if (executions === undefined) return <RowsSkeleton />;
  return (
    <>
      <Rows executions={executions} onEnd={() => !isComplete && !isLoadingMore && onMore()} />
      <p role="status" className="flex h-12 items-center gap-2 text-sm text-ink-3">
        {isLoadingMore && <Spinner />}
        {isLoadingMore ? "Loading more…" : isComplete && executions.length > 1 ? `All ${formatCount(executions.length)} shown` : `${formatCount(executions.length)} shown`}
      </p>
    </>
  );
}

/** The table, of which only the rows in sight are drawn. More is asked for before its end is reached. */
function Rows({ executions, onEnd }: { executions: readonly ExecutionSummary[]; onEnd: () => void }) {
  const count = executions.length;
  const { frame, from, to, before, after, reveal } = useRowsInSight(count, 40);
  useRowKeys(count, reveal);
  const atEnd = to >= count;
  const reachEnd = useEffectEvent(onEnd);
  useEffect(() => {
    if (atEnd) reachEnd(); // once for each end: what could not be loaded is not asked for again and again
  }, [atEnd, count]);
  return (
    <div ref={frame} style={{ paddingTop: before, paddingBottom: after }}>
      <table aria-label="Executions" aria-rowcount={count + 1} className="w-full table-fixed border-separate border-spacing-0 text-left text-sm [overflow-anchor:none]">
        <thead className="hidden sm:table-header-group">
          <ExecutionColumns />
        </thead>
        <tbody>
          {executions.slice(from, to).map((execution, i) => (
            <tr key={execution.id} aria-rowindex={from + i + 2} className="relative transition-colors focus-within:bg-hover hover:bg-hover">
              <ExecutionCells execution={execution} index={from + i} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
