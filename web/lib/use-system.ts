"use client";

import useSWR from "swr";

import { answer, api } from "@/lib/api/client";

/** This server's version, what isolates functions on it and its limits; they change only with a restart. */
export function useSystem() {
  const { data, error } = useSWR(["system"], () => answer(api.GET("/api/system")), { revalidateOnFocus: false });
  return { system: data, error: error as unknown };
}
