import { Th, Tr } from "@/components/ui/table";

import type { Sort, SortKey } from "./sort";

export interface FunctionColumnsProps {
  sort: Sort;
  onSort: (key: SortKey) => void;
}

/** The head of the table. */
export function FunctionColumns({ sort, onSort }: FunctionColumnsProps) {
  const by = (key: SortKey) => ({ sort: sort.key === key ? sort.order : null, onSort: () => onSort(key) });
  return (
    <Tr>
      <Th {...by("name")} className="pl-0">
        Name
      </Th>
      <Th className="hidden min-w-28 md:table-cell">Runtime</Th>
      <Th {...by("last_run")} className="min-w-28">
        Last run
      </Th>
      <Th className="hidden sm:table-cell">Runs, 24 h</Th>
      <Th numeric {...by("error_rate")}>
        Errors
      </Th>
      <Th numeric className="hidden min-w-24 lg:table-cell">
        p95
      </Th>
      <Th numeric {...by("created")} className="hidden min-w-28 pr-0 lg:table-cell">
        Created
      </Th>
    </Tr>
  );
}
