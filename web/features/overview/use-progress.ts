"use client";

import { useState } from "react";

import type { FunctionStats } from "@/lib/api/types";
import { useKeys } from "@/lib/data/keys";
import { useHydrated } from "@/lib/use-hydrated";

/** How far somebody new has come. */
export interface Progress {
  /** The function to go on with. */
  functionId: string | null;
  create: boolean;
  run: boolean;
  dismiss: () => void;
}

const dismissedKey = "voltrun.onboarding";

/** Null while it is not known, and once there is nothing left to show. */
export function useProgress(stats: ReadonlyMap<string, FunctionStats> | undefined): Progress | null {
  const { keys } = useKeys();
  const hydrated = useHydrated();
  const [dismissed, setDismissed] = useState(false);
  if (!hydrated || stats === undefined || keys === undefined) return null;
  const functions = [...stats.values()];
  const ran = functions.find((fn) => fn.last_execution !== null);
  const call = keys.some((key) => key.last_used_at !== null);
  // Whoever has not run anything yet has nothing else to look at here.
  if (ran && (call || dismissed || localStorage.getItem(dismissedKey) !== null)) return null;
  return {
    functionId: (ran ?? functions[0])?.function_id ?? null,
    create: functions.length > 0,
    run: ran !== undefined,
    dismiss: () => {
      localStorage.setItem(dismissedKey, "dismissed");
      setDismissed(true);
    },
  };
}
