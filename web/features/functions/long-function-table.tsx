"use client";

import type { ComponentProps } from "react";
import { TableVirtuoso } from "react-virtuoso";

import { FunctionCells } from "./function-cells";
import { FunctionColumns } from "./function-columns";
import { runtimeName, type FunctionTableProps } from "./function-table";

/** The same table when it is long: only the rows in sight are drawn. */
export function LongFunctionTable({ rows, runtimes, sort, onSort }: FunctionTableProps) {
  return (
    <TableVirtuoso
      useWindowScroll
      tabIndex={-1}
      data={rows}
      computeItemKey={(_, { fn }) => fn.id}
      defaultItemHeight={48}
      increaseViewportBy={600}
      fixedHeaderContent={() => <FunctionColumns sort={sort} onSort={onSort} />}
      itemContent={(_, { fn, stats }) => <FunctionCells fn={fn} stats={stats} runtime={runtimeName(runtimes, fn.runtime)} />}
      components={parts}
    />
  );
}

const parts = {
  Table: (props: ComponentProps<"table">) => <table {...props} aria-label="Functions" className="w-full border-separate border-spacing-0 text-left text-sm" />,
  TableHead: (props: ComponentProps<"thead">) => <thead {...props} className="bg-canvas" />,
  TableRow: (props: ComponentProps<"tr">) => <tr {...props} className="relative transition-colors hover:bg-hover" />,
};
