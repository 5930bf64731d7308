"use client";

import { useRowsInSight } from "@/components/ui/use-rows-in-sight";

import { FunctionCells } from "./function-cells";
import { FunctionColumns } from "./function-columns";
import { runtimeName, type FunctionTableProps } from "./function-table";

/** The same table when it is long: only the rows in sight are drawn. */
export function LongFunctionTable({ rows, runtimes, sort, onSort }: FunctionTableProps) {
  const { frame, from, to, before, after } = useRowsInSight(rows.length, 48);
  return (
    <div ref={frame} style={{ paddingTop: before, paddingBottom: after }}>
      <table aria-label="Functions" aria-rowcount={rows.length + 1} className="w-full border-separate border-spacing-0 text-left text-sm [overflow-anchor:none]">
        <thead>
          <FunctionColumns sort={sort} onSort={onSort} />
        </thead>
        <tbody>
          {rows.slice(from, to).map(({ fn, stats }, i) => (
            <tr key={fn.id} data-row={from + i} aria-rowindex={from + i + 2} className="relative transition-colors hover:bg-hover">
              <FunctionCells fn={fn} stats={stats} runtime={runtimeName(runtimes, fn.runtime)} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
