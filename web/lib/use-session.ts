"use client";

import { useSyncExternalStore } from "react";

import { sessionState, subscribeSession, type SessionState } from "@/lib/session";

const unknown: SessionState = { phase: "unknown" };

/** Who is signed in. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribeSession, sessionState, () => unknown);
}
