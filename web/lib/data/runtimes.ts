"use client";

import useSWR from "swr";

import { answer, api } from "@/lib/api/client";
import type { Runtime } from "@/lib/api/types";

/** The runtimes of this server; they change only with a restart. */
export function useRuntimes() {
  const { data, error, isLoading, mutate } = useSWR(["runtimes"], () => answer(api.GET("/api/runtimes")), { revalidateOnFocus: false });
  return { runtimes: data?.items, error: error as unknown, isLoading, refresh: () => mutate() };
}

/** The runtime that a function names: nodejs, nodejs22. */
export function runtimeOf(runtimes: Runtime[] | undefined, id: string): Runtime | undefined {
  return runtimes?.find((runtime) => runtime.id === id);
}
