"use client";

import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TBody, Th, THead, Tr } from "@/components/ui/table";
import type { Runtime } from "@/lib/api/types";
import { runtimeOf } from "@/lib/data/runtimes";

import { FunctionTableRow } from "./function-table-row";
import type { FunctionRow, Sort, SortKey } from "./sort";

interface Props {
  /** Undefined while they load. */
  rows: FunctionRow[] | undefined;
  runtimes: Runtime[] | undefined;
  sort: Sort;
  onSort: (key: SortKey) => void;
}

export function FunctionTable({ rows, runtimes, sort, onSort }: Props) {
  const by = (key: SortKey) => ({ sort: sort.key === key ? sort.order : null, onSort: () => onSort(key) });
  return (
    <Table aria-label="Functions" aria-busy={rows === undefined}>
      <THead>
        <Tr>
          <Th {...by("name")} className="pl-0">
            Name
          </Th>
          <Th className="hidden md:table-cell">Runtime</Th>
          <Th {...by("last_run")}>Last run</Th>
          <Th className="hidden sm:table-cell">Runs, 24 h</Th>
          <Th numeric {...by("error_rate")}>
            Errors
          </Th>
          <Th numeric className="hidden lg:table-cell">
            p95
          </Th>
          <Th numeric {...by("created")} className="hidden pr-0 lg:table-cell">
            Created
          </Th>
        </Tr>
      </THead>
      <TBody>
        {rows === undefined ? (
          <SkeletonRows rows={8} columns={4} />
        ) : (
          rows.map(({ fn, stats }) => <FunctionTableRow key={fn.id} fn={fn} stats={stats} runtime={runtimeOf(runtimes, fn.runtime)?.name ?? fn.runtime} />)
        )}
      </TBody>
    </Table>
  );
}
