"use client";

import { useEffect, useRef, useState } from "react";

import { cancelExecution, replayExecution, storeExecution, useExecution, useRecentExecutions } from "@/lib/data/executions";
import { useExecutionLog } from "@/lib/data/execution-stream";
import { executeFunction, startFunction } from "@/lib/data/functions";
import type { Execution } from "@/lib/api/types";
import { isLive } from "@/lib/status";

/** live: started, then followed while it runs. wait: one request that is answered at the end, as most callers do it. */
export type RunMode = "live" | "wait";

/** How many of the function's last executions are in sight. */
const recentCount = 5;

/** Runs the function and shows one of its executions, with its log while it grows. */
export function useRun(functionId: string) {
  const [shown, setShown] = useState<string | null>(null);
  const [starting, setStarting] = useState<RunMode | "replay" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const request = useRef<AbortController>(undefined);
  const { execution, error: loadError } = useExecution(shown);
  const log = useExecutionLog(execution);
  const { recent: listed, refresh } = useRecentExecutions(functionId, recentCount);
  const status = log.status ?? execution?.status ?? null;
  // The list is a request behind the stream.
  const recent = listed?.map((item) => (execution && item.id === execution.id ? { ...execution, status: status ?? item.status } : item));

  useEffect(() => () => request.current?.abort(), []);
  useEffect(() => {
    if (status !== null) void refresh(); // the strip of recent executions shows the same
  }, [shown, status, refresh]);

  const begin = async (how: RunMode | "replay", call: (signal: AbortSignal) => Promise<Execution>) => {
    request.current?.abort();
    const mine = new AbortController();
    request.current = mine;
    setStarting(how);
    setError(null);
    try {
      const begun = await call(mine.signal);
      await storeExecution(begun);
      if (!mine.signal.aborted) setShown(begun.id);
    } catch (problem) {
      if (!mine.signal.aborted) setError(problem);
    } finally {
      if (request.current === mine) setStarting(null);
    }
  };
  return {
    execution,
    /** As last told by the stream, which is ahead of `execution`. */
    status,
    log,
    recent,
    error: error ?? loadError,
    starting,
    running: starting !== null || (status !== null && isLive(status)),
    start: (input: unknown, mode: RunMode) => begin(mode, (signal) => (mode === "live" ? startFunction(functionId, { input, signal }) : executeFunction(functionId, { input, signal }))),
    replay: (id: string) => begin("replay", () => replayExecution(id)),
    /** Stops what runs. Of a call that is waited for the id is not known yet: there only the waiting ends. */
    stop: async () => {
      if (starting !== null) {
        request.current?.abort();
        setStarting(null);
        return refresh();
      }
      if (!execution) return;
      try {
        await cancelExecution(execution.id);
      } catch (problem) {
        setError(problem);
      }
    },
    show: (id: string) => {
      setError(null);
      setShown(id);
    },
  };
}

export type Run = ReturnType<typeof useRun>;
