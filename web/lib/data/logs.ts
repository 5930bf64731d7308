"use client";

import { useEffect, useEffectEvent, useReducer, useRef, useState } from "react";

import { answer, api } from "@/lib/api/client";
import type { LogPage, StreamEvent } from "@/lib/api/types";
import { emptyFeed, pause, resume, takeLive, takeMissed, takeOlder, type Feed, type FeedFilter } from "@/lib/logs/feed";
import { openStream, type Connection } from "@/lib/stream/connection";
import { liveStreamPath } from "@/lib/stream/paths";

/** How many lines are asked for at once. */
const pageSize = 500;
/** A page may hold nothing and not be the last; so many are followed without being asked. */
const followedPages = 20;
/** Without a stream the stored lines are shown after this, in milliseconds. */
const patience = 3000;

type Action = { events: StreamEvent[]; filter: FeedFilter } | { older: LogPage } | { missed: LogPage } | "pause" | "resume" | "reset";

function reduce(feed: Feed, action: Action): Feed {
  if (action === "pause") return pause(feed);
  if (action === "resume") return resume(feed);
  if (action === "reset") return { ...emptyFeed, paused: feed.paused };
  if ("events" in action) return takeLive(feed, action.events, action.filter);
  return "older" in action ? takeOlder(feed, action.older) : takeMissed(feed, action.missed);
}

interface History {
  /** Of the next older page; null before the first one was asked for, empty when there is none. */
  token: string | null;
  searchedUntil: string | null;
  pending: boolean;
  error: unknown;
}

const unread: History = { token: null, searchedUntil: null, pending: true, error: undefined };

/**
 * The lines of all the caller's executions, or of one function's: stored ones, and those that are written while one looks.
 * The stored ones are asked for once the stream is open, so that nothing falls in between. Mount it anew for another filter.
 */
export function useLogFeed(filter: FeedFilter) {
  const [feed, dispatch] = useReducer(reduce, emptyFeed);
  const [history, setHistory] = useState<History>(unread);
  const [connection, setConnection] = useState<Connection | null>(filter.to === undefined ? "connecting" : null);
  const mounted = useRef(true);

  const readOlder = useEffectEvent(async (token: string) => {
    setHistory((before) => ({ ...before, pending: true, error: undefined }));
    try {
      for (let pages = 0; pages < followedPages; pages++) {
        const page = await searchLogs(filter, token);
        if (!mounted.current) return;
        dispatch({ older: page });
        token = page.next_page_token;
        setHistory((before) => ({ ...before, token, searchedUntil: page.searched_until }));
        if (page.items.length > 0 || token === "") break;
      }
      setHistory((before) => ({ ...before, pending: false }));
    } catch (error) {
      if (mounted.current) setHistory((before) => ({ ...before, pending: false, error }));
    }
  });
  const readMissed = useEffectEvent(() => {
    searchLogs(filter, "").then(
      (missed) => mounted.current && dispatch({ missed }),
      (error: unknown) => mounted.current && setHistory((before) => ({ ...before, error })),
    );
  });
  const takeEvents = useEffectEvent((events: StreamEvent[]) => dispatch({ events, filter }));

  const { functionId, to } = filter;
  useEffect(() => {
    mounted.current = true;
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      void readOlder("");
    };
    dispatch("reset");
    if (to !== undefined) {
      begin();
      return () => {
        mounted.current = false;
      };
    }
    const timer = setTimeout(begin, patience);
    const stream = openStream({
      path: (seen) => liveStreamPath(functionId, seen),
      onEvents: (events) => takeEvents(events),
      onConnection: (now) => {
        setConnection(now);
        if (now === "live") begin();
      },
      onGap: () => readMissed(),
    });
    return () => {
      mounted.current = false;
      clearTimeout(timer);
      stream.close();
    };
  }, [functionId, to]);

  return {
    entries: feed.entries,
    waiting: feed.waiting.length,
    paused: feed.paused,
    setPaused: (paused: boolean) => dispatch(paused ? "pause" : "resume"),
    /** Null where nothing can come any more, as the range lies in the past. */
    connection,
    /** Whether the stored lines have not come yet. */
    isLoading: history.token === null && history.pending,
    error: history.error,
    isLoadingOlder: history.token !== null && history.pending,
    /** Lines that were dropped to bound the feed are not loaded again: a narrower filter finds them. */
    hasOlder: history.token !== "" && !feed.trimmed,
    trimmed: feed.trimmed,
    searchedUntil: history.searchedUntil,
    loadOlder: () => void readOlder(history.token ?? ""),
  };
}

/** One page of the stored lines, the newest first; `token` is next_page_token of the page before, or empty. */
function searchLogs({ functionId, q, stream, from, to }: FeedFilter, token: string): Promise<LogPage> {
  return answer(
    api.GET("/api/logs", {
      params: {
        query: {
          page_size: pageSize,
          ...(token && { page_token: token }),
          ...(functionId && { function_id: functionId }),
          ...(q && { q }),
          ...(stream && { stream }),
          ...(from && { from }),
          ...(to && { to }),
        },
      },
    }),
  );
}
