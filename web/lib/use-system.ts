"use client";

import useSWR from "swr";

import { answer, api } from "@/lib/api/client";
import { useSession } from "@/lib/use-session";

/** This server's version, what isolates functions on it and its limits; they change only with a restart. */
export function useSystem() {
  const { phase } = useSession();
  // The frame of the page is there before it is known who is signed in.
  const { data, error } = useSWR(phase === "signed-in" ? ["system"] : null, () => answer(api.GET("/api/system")), { revalidateOnFocus: false });
  return { system: data, error: error as unknown };
}
