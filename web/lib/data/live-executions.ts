"use client";

import { useEffect, useEffectEvent, useMemo, useReducer, useRef, useState } from "react";

import type { ExecutionSummary, StreamEvent } from "@/lib/api/types";
import { listExecutions, type ExecutionFilter } from "@/lib/data/executions";
import { holdsLive } from "@/lib/executions/filter";
import { merge, takeEvents, takePage, type Live } from "@/lib/executions/live";
import { openStream, type Connection } from "@/lib/stream/connection";
import { liveStreamPath } from "@/lib/stream/paths";

/** How many new ones are kept beside the loaded pages; with more the list is loaded anew. */
const mostLive = 5000;
/** How many of the newest are asked for when some began, and how often at most, in milliseconds. */
const newest = 100;
const askEvery = 400;

interface State {
  filter: ExecutionFilter;
  live: Live;
  /** Counts the times that something began of which more has to be asked. */
  unknown: number;
}

type Action = { filter: ExecutionFilter } & ({ events: StreamEvent[]; loaded: readonly ExecutionSummary[] } | { page: ExecutionSummary[] } | { reset: true });

function reduce(state: State, action: Action): State {
  const { filter } = action;
  const live = state.filter === filter ? state.live : none;
  if ("reset" in action) return { ...state, filter, live: none };
  if ("page" in action) return { ...state, filter, live: takePage(live, action.page) };
  const taken = takeEvents(live, action.loaded, action.events);
  return { filter, live: taken.live, unknown: state.unknown + (taken.unknown ? 1 : 0) };
}

const none: Live = new Map();

/** Every event of the caller's executions, or of one function's, as it happens. */
function useLiveEvents(functionId: string | null, onEvents: (events: StreamEvent[]) => void, onGap: () => void): Connection {
  const [connection, setConnection] = useState<Connection>("connecting");
  const take = useEffectEvent(onEvents);
  const gap = useEffectEvent(onGap);
  useEffect(() => {
    const stream = openStream({
      path: (seen) => liveStreamPath(functionId, seen),
      onEvents: (events) => take(events),
      onConnection: setConnection,
      onGap: () => gap(),
    });
    return stream.close;
  }, [functionId]);
  return connection;
}

/** The loaded executions with what has happened since: new ones, and others that went on or ended. */
export function useLiveExecutions(filter: ExecutionFilter, loaded: readonly ExecutionSummary[] | undefined, isComplete: boolean, reload: () => Promise<void>) {
  const [state, dispatch] = useReducer(reduce, { filter, live: none, unknown: 0 });
  const [error, setError] = useState<unknown>();
  const live = state.filter === filter ? state.live : none;
  const startOver = () => {
    dispatch({ filter, reset: true });
    reload().catch(setError);
  };
  const connection = useLiveEvents(
    filter.functionId ?? null,
    (events) => {
      dispatch({ filter, events, loaded: loaded ?? [] });
      if (live.size > mostLive) startOver();
    },
    startOver,
  );
  const askNewest = useEffectEvent(async () => {
    try {
      dispatch({ filter, page: (await listExecutions(filter, newest)).items });
      setError(undefined);
    } catch (problem) {
      setError(problem);
    }
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // Every so often, and not once it has become quiet: it may never.
    if (state.unknown === 0 || !holdsLive(filter)) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void askNewest();
    }, askEvery);
  }, [state.unknown, filter]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const executions = useMemo(() => loaded && merge(loaded, isComplete, live, filter), [loaded, isComplete, live, filter]);
  return { executions, connection, error };
}
