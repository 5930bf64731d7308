"use client";

import useSWR from "swr";

import { answer, api } from "@/lib/api/client";

const statusKeys = { server: ["status"] as const };

// SWR does not ask while the page is hidden.
const every = 2000; // ms

/** How this server is doing, asked again every two seconds. The last answer stays while the server cannot be reached. */
export function useServerStatus() {
  const { data, error, isLoading, mutate } = useSWR(statusKeys.server, () => answer(api.GET("/api/status")), { refreshInterval: every, dedupingInterval: every / 2 });
  return { status: data, error: error as unknown, isLoading, refresh: () => mutate() };
}
