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
/** When some began so many of the newest are asked for, page by page, and with still more the list is loaded anew. */
const newest = 100;
const mostPages = 10;
/** That is done at most so often, in milliseconds. */
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
  const reached = useRef({ filter, id: "" });
  const askNewest = useEffectEvent(async () => {
    // Down to what was there before: more may have begun at once than one page holds.
    const known = reached.current.filter === filter && reached.current.id !== "" ? reached.current.id : (loaded?.[0]?.id ?? "");
    try {
      let token = "";
      for (let pages = 0; pages < mostPages; pages++) {
        const { items, next_page_token } = await listExecutions(filter, newest, token);
        dispatch({ filter, page: items });
        if (pages === 0) reached.current = { filter, id: items[0]?.id ?? known };
        if (next_page_token === "" || items.some(({ id }) => id <= known)) {
          setError(undefined);
          return;
        }
        token = next_page_token;
      }
      startOver();
    } catch (problem) {
      reached.current = { filter, id: known };
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
