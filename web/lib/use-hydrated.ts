"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False while the exported HTML is taken over, then true: for what only the browser knows, such as its time zone. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
