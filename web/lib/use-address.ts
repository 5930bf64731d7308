"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

/**
 * The parameters of the address and a way to change some of them; null removes one. A choice is a new entry of the
 * history, so that Back undoes it; what is typed letter by letter replaces the entry. Needs a Suspense above it.
 */
export function useAddress() {
  const params = useSearchParams();
  const change = useCallback((changes: Record<string, string | null>, how: "push" | "replace" = "push") => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(name);
      else next.set(name, value);
    }
    const query = next.toString();
    const url = query === "" ? location.pathname : `${location.pathname}?${query}`;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }, []);
  return { params, change };
}
