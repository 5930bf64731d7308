"use client";

import useSWR from "swr";

import { answer, api } from "@/lib/api/client";

import { functionKeys } from "./functions";

/** The versions of a function without their code, newest first. */
export function useVersions(id: string | null) {
  const { data, error, isLoading, mutate } = useSWR(id === null ? null : functionKeys.versions(id), ([, ref]) =>
    answer(api.GET("/api/functions/{id}/versions", { params: { path: { id: ref } } })),
  );
  return { versions: data?.items, error: error as unknown, isLoading, refresh: () => mutate() };
}

/** One version with its code; null asks for nothing. It never changes, so that it is fetched once. */
export function useVersion(id: string, number: number | null) {
  const { data, error, isLoading, mutate } = useSWR(
    number === null ? null : functionKeys.version(id, number),
    ([, ref, , n]) => answer(api.GET("/api/functions/{id}/versions/{n}", { params: { path: { id: ref, n } } })),
    { revalidateOnFocus: false, revalidateIfStale: false },
  );
  return { version: data, error: error as unknown, isLoading, refresh: () => mutate() };
}
