"use client";

import dynamic from "next/dynamic";

import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TBody, THead, Tr } from "@/components/ui/table";
import type { Runtime } from "@/lib/api/types";
import { runtimeOf } from "@/lib/data/runtimes";

import { FunctionCells } from "./function-cells";
import { FunctionColumns, type FunctionColumnsProps } from "./function-columns";
import type { FunctionRow } from "./sort";

// Few have so many that the code for it should be waited for by all.
const LongFunctionTable = dynamic(() => import("./long-function-table").then((m) => m.LongFunctionTable), { ssr: false });

/** As many rows as a table draws in whole. */
const wholeUpTo = 200;

export interface FunctionTableProps extends FunctionColumnsProps {
  rows: FunctionRow[];
  runtimes: Runtime[] | undefined;
}

export function FunctionTable(props: FunctionTableProps) {
  const { rows, runtimes, sort, onSort } = props;
  if (rows.length > wholeUpTo) return <LongFunctionTable {...props} />;
  return (
    <Table aria-label="Functions">
      <THead>
        <FunctionColumns sort={sort} onSort={onSort} />
      </THead>
      <TBody>
        {rows.map(({ fn, stats }) => (
          <Tr key={fn.id} className="relative">
            <FunctionCells fn={fn} stats={stats} runtime={runtimeName(runtimes, fn.runtime)} />
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** Stands for the table while it loads. */
export function FunctionTableSkeleton(props: FunctionColumnsProps) {
  return (
    <Table aria-label="Functions" aria-busy="true">
      <THead>
        <FunctionColumns {...props} />
      </THead>
      <TBody>
        <SkeletonRows rows={8} columns={4} />
      </TBody>
    </Table>
  );
}

export function runtimeName(runtimes: Runtime[] | undefined, id: string): string {
  return runtimeOf(runtimes, id)?.name ?? id;
}
