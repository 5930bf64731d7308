import type { Func, FunctionStats } from "@/lib/api/types";

export interface FunctionRow {
  fn: Func;
  /** Undefined while it loads and for functions beyond those the server sums up. */
  stats: FunctionStats | undefined;
}

const sortKeys = ["name", "created", "last_run", "error_rate"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Sort {
  key: SortKey;
  order: "asc" | "desc";
}

/** What a column is sorted by first: names from A, everything else from the newest or the worst. */
const firstOrder: Record<SortKey, Sort["order"]> = { name: "asc", created: "desc", last_run: "desc", error_rate: "desc" };

export function sortOf(key: string | null, order: string | null): Sort {
  const known = sortKeys.find((k) => k === key) ?? "created";
  return { key: known, order: order === "asc" || order === "desc" ? order : firstOrder[known] };
}

/** What pressing a column's head leads to: another column in its first order, the same one turned around. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort.key !== key) return { key, order: firstOrder[key] };
  return { key, order: sort.order === "asc" ? "desc" : "asc" };
}

/** Sorted rows. Those without a value come last in both orders. */
export function sortRows(rows: readonly FunctionRow[], { key, order }: Sort): FunctionRow[] {
  const sign = order === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const x = valueOf(a, key);
    const y = valueOf(b, key);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === "string" && typeof y === "string" ? x.localeCompare(y, "en", { numeric: true }) : Number(x) - Number(y));
  });
}

function valueOf({ fn, stats }: FunctionRow, key: SortKey): string | number | null {
  switch (key) {
    case "name":
      return fn.name;
    case "created":
      return Date.parse(fn.created_at);
    case "last_run":
      return stats?.last_execution ? Date.parse(stats.last_execution.created_at) : null;
    case "error_rate":
      return stats && stats.executions > 0 ? stats.error_rate : null;
  }
}
