"use client";

import { useEffect, useReducer, useState } from "react";

import { storeExecution, useExecutionLines } from "@/lib/data/executions";
import { isLive } from "@/lib/status";
import type { ExecutionSummary, LogLine, StreamEvent } from "@/lib/api/types";
import { openStream, type Connection } from "@/lib/stream/connection";
import { follow, nothingFollowed, type Followed } from "@/lib/stream/execution-stream";
import { executionStreamPath } from "@/lib/stream/paths";

interface State extends Followed {
  id: string | null;
  connection: Connection;
}

type Action = { id: string; events: StreamEvent[] } | { id: string; connection: Connection } | { id: string | null };

function reduce(state: State, action: Action): State {
  if ("events" in action) return { ...state, ...follow(state, action.events) };
  if ("connection" in action) return { ...state, connection: action.connection };
  return { ...nothingFollowed, id: action.id, connection: "connecting" };
}

/** Follows an execution from its first line to its end; null follows nothing. What has ended stays as it ended. */
export function useExecutionStream(id: string | null) {
  const [state, dispatch] = useReducer(reduce, id, (first): State => ({ ...nothingFollowed, id: first, connection: "connecting" }));
  useEffect(() => {
    if (id === null) return;
    dispatch({ id });
    const stream = openStream({
      path: (seen) => executionStreamPath(id, seen?.seq ?? 0),
      onEvents: (events) => {
        dispatch({ id, events });
        for (const event of events) if (event.execution) void storeExecution(event.execution);
      },
      onConnection: (connection) => dispatch({ id, connection }),
    });
    return stream.close;
  }, [id]);
  // What belongs to the execution before is not shown for a moment as if it were this one's.
  const { lines, status, execution, connection } = state.id === id ? state : { ...nothingFollowed, connection: "connecting" as const };
  return { lines, status, execution, connection };
}

const none: readonly LogLine[] = [];

/** The log of an execution, live while it can grow. An execution that has ended is read by one request, which every proxy lets through. */
export function useExecutionLog(execution: ExecutionSummary | undefined) {
  const id = execution?.id ?? null;
  const [followed, setFollowed] = useState<string | null>(null);
  // Once followed it stays followed, so that nothing is loaded twice when it ends.
  if (execution && isLive(execution.status) && followed !== execution.id) setFollowed(execution.id);
  const streams = id !== null && followed === id;
  const stream = useExecutionStream(streams ? id : null);
  const stored = useExecutionLines(streams || id === null ? null : id);
  return {
    lines: streams ? stream.lines : (stored.lines ?? none),
    status: (streams ? stream.status : null) ?? execution?.status ?? null,
    /** Null for what has ended before it was looked at. */
    connection: streams ? stream.connection : null,
    isLoading: !streams && stored.isLoading,
    error: streams ? undefined : stored.error,
    refresh: stored.refresh,
  };
}
