"use client";

import { useRef } from "react";
import { TableVirtuoso, type TableVirtuosoHandle } from "react-virtuoso";

import { Spinner } from "@/components/ui/spinner";
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

/** The table, of which only the rows in sight are drawn. More is loaded before its end is reached. */
export function ExecutionRows({ executions, isLoadingMore, isComplete, onMore }: ExecutionRowsProps) {
  const table = useRef<TableVirtuosoHandle>(null);
  useRowKeys(executions?.length ?? 0, table);
  useScrollReturn(executions !== undefined);
  if (executions === undefined) return <RowsSkeleton />;
  return (
    <>
      <TableVirtuoso
        ref={table}
        useWindowScroll
        tabIndex={-1}
        data={executions}
        computeItemKey={keyOfRow}
        defaultItemHeight={40}
        increaseViewportBy={600}
        endReached={() => {
          if (!isComplete && !isLoadingMore) onMore();
        }}
        fixedHeaderContent={ExecutionColumns}
        itemContent={cellsOf}
        components={parts}
      />
      <p role="status" className="flex h-12 items-center gap-2 text-sm text-ink-3">
        {isLoadingMore && <Spinner />}
        {isLoadingMore ? "Loading more…" : isComplete ? `All ${formatCount(executions.length)} shown` : `${formatCount(executions.length)} shown`}
      </p>
    </>
  );
}

function keyOfRow(_: number, { id }: ExecutionSummary): string {
  return id;
}

function cellsOf(index: number, execution: ExecutionSummary) {
  return <ExecutionCells execution={execution} index={index} />;
}

const parts = {
  Table: (props: React.ComponentProps<"table">) => <table {...props} aria-label="Executions" className="w-full table-fixed border-separate border-spacing-0 text-left text-sm" />,
  TableHead: (props: React.ComponentProps<"thead">) => <thead {...props} className="hidden bg-canvas sm:table-header-group" />,
  TableRow: (props: React.ComponentProps<"tr">) => <tr {...props} className="relative transition-colors hover:bg-hover focus-within:bg-hover" />,
};
