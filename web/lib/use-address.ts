"use client";

import { useSearchParams } from "next/navigation";
import { useMemo, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/**
 * The parameters of the address and a way to change some of them; null or an empty text removes one. A choice is a new
 * entry of the history, so that Back undoes it; what is typed letter by letter replaces the entry. Needs a Suspense above.
 *
 * The address itself is read, as Next tells of it in a transition: too late for a field that shows what is being typed.
 */
export function useAddress() {
  useSearchParams(); // renders again when a link has changed the address
  const query = useSyncExternalStore(
    subscribe,
    () => location.search,
    () => "",
  );
  const params = useMemo(() => new URLSearchParams(query), [query]);
  return { params, change: changeAddress };
}

function changeAddress(changes: Record<string, string | null>, how: "push" | "replace" = "push") {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const query = next.toString();
  const url = query === "" ? location.pathname : `${location.pathname}?${query}`;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  for (const listener of listeners) listener();
}
