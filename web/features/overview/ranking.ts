import type { FunctionStats } from "@/lib/api/types";

export type RankingOrder = "runs" | "errors";

/** The first `count` functions by what they ran, or by how often they failed; those with nothing of it are left out. */
export function ranked(stats: Iterable<FunctionStats>, order: RankingOrder, count: number): FunctionStats[] {
  const measure = (fn: FunctionStats) => (order === "runs" ? fn.executions : fn.errors);
  return [...stats]
    .filter((fn) => measure(fn) > 0)
    .sort((a, b) => measure(b) - measure(a) || b.executions - a.executions)
    .slice(0, count);
}
