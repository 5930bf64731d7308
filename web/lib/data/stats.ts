"use client";

import { useMemo } from "react";
import useSWR from "swr";

import { answer, api } from "@/lib/api/client";
import type { StatsRange } from "@/lib/api/types";

export const statsRanges: readonly StatsRange[] = ["1h", "24h", "7d", "30d"];

const statsKeys = {
  all: (range: StatsRange, functionId: string | null) => ["stats", range, functionId] as const,
  functions: (range: StatsRange) => ["stats", "functions", range] as const,
};

/** How often figures are asked for again, in milliseconds: about as often as a step of the range can be seen to move. SWR does not ask while the page is hidden. */
const every: Record<StatsRange, number> = { "1h": 3000, "24h": 5000, "7d": 15_000, "30d": 30_000 };

/** What ended within the range, step by step; of one function or of all. The last answer stays while another range loads. */
export function useStats(range: StatsRange, functionId: string | null = null) {
  const { data, error, isLoading, mutate } = useSWR(
    statsKeys.all(range, functionId),
    () => answer(api.GET("/api/stats", { params: { query: { range, ...(functionId && { function_id: functionId }) } } })),
    { refreshInterval: every[range], keepPreviousData: true },
  );
  return { stats: data, error: error as unknown, isLoading, refresh: () => mutate() };
}

/** For each function how it did within the range and when it last ran, by its id. The server knows the newest 1,000. */
export function useFunctionStats(range: StatsRange) {
  const { data, error, isLoading, mutate } = useSWR(
    statsKeys.functions(range),
    () => answer(api.GET("/api/stats/functions", { params: { query: { range } } })),
    { refreshInterval: every[range], keepPreviousData: true },
  );
  const functionStats = useMemo(() => data && new Map(data.items.map((item) => [item.function_id, item])), [data]);
  return { functionStats, error: error as unknown, isLoading, refresh: () => mutate() };
}

export function statsRangeOf(text: string | null): StatsRange {
  return statsRanges.find((range) => range === text) ?? "24h";
}
