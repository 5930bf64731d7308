"use client";

import { useDeferredValue, useMemo, useState } from "react";

import type { LogEntry } from "@/lib/logs/entry";
import { holds, nothingTaken, take, type Taken } from "@/lib/logs/filter";

/** The lines that `test` takes, found anew only for what was added. `test` must stay the same while it says the same. */
export function useTaken(lines: readonly LogEntry[], test: (entry: LogEntry) => boolean): Taken {
  // Not state: it only spares work, and the result is the same without it.
  const [cache] = useState(() => ({ test, taken: nothingTaken }));
  return useMemo(() => {
    cache.taken = take(cache.test === test ? cache.taken : nothingTaken, lines, test);
    cache.test = test;
    return cache.taken;
  }, [cache, lines, test]);
}

const never = () => false;

/** Searching in lines that are all shown: how many match, and which of them the reader stands at. */
export function useSearch(lines: readonly LogEntry[]) {
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed.trim().toLowerCase());
  const [at, setAt] = useState<{ query: string; place: number }>({ query: "", place: 0 });
  const test = useMemo(() => (query === "" ? never : (entry: LogEntry) => holds(entry, query)), [query]);
  const { indices } = useTaken(lines, test);
  const place = at.query === query ? Math.min(at.place, Math.max(indices.length - 1, 0)) : 0;
  const go = (by: number) => {
    if (indices.length > 0) setAt({ query, place: (place + by + indices.length) % indices.length });
  };
  return {
    typed,
    setTyped,
    query,
    matches: indices.length,
    /** Of the matches, from 0. */
    place,
    /** In the lines; null when nothing matches. */
    current: indices[place] ?? null,
    next: () => go(1),
    previous: () => go(-1),
  };
}
