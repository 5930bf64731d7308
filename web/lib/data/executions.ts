"use client";

import { useEffect, useState } from "react";
import useSWR, { mutate } from "swr";
import useSWRInfinite from "swr/infinite";

import { answer, api } from "@/lib/api/client";
import type { Execution, ExecutionPage, ExecutionStatus, ExecutionTrigger, LogLine } from "@/lib/api/types";

/** What narrows the list of executions; what is left out does not. */
export interface ExecutionFilter {
  functionId?: string;
  /** Any of these. */
  statuses?: readonly ExecutionStatus[];
  trigger?: ExecutionTrigger;
  version?: number;
  /** Created at this time or later, and before that one; ISO 8601. */
  from?: string;
  to?: string;
  /** The handler's own time, at least, in milliseconds. */
  minDurationMs?: number;
  /** Part of the id, of the function's name or of the error. */
  q?: string;
}

const everything: ExecutionFilter = {};

const executionKeys = {
  detail: (id: string) => ["execution", id] as const,
  logs: (id: string) => ["execution", id, "logs"] as const,
  recent: (functionId: string, count: number) => ["executions", "recent", functionId, count] as const,
  list: (filter: ExecutionFilter, pageSize: number, token: string) => ["executions", filter, pageSize, token] as const,
};

/** With a rare filter the server answers pages that are short or empty; so many of them are followed without being asked. */
const followedPages = 20;
/** The server's largest answer of lines. */
const linesPerRequest = 10_000;

/**
 * The executions that match, newest first, page after page. The pages stay as they were loaded: what has happened since
 * is told by useLiveExecutions, as to load them anew would move every page. `filter` must stay the same object while it
 * says the same.
 */
export function useExecutions(filter: ExecutionFilter = everything, pageSize = 100) {
  const { data, error, isLoading, isValidating, size, setSize, mutate: refresh } = useSWRInfinite(
    (index, before: ExecutionPage | null) =>
      before?.next_page_token === "" ? null : executionKeys.list(filter, pageSize, index === 0 ? "" : (before?.next_page_token ?? "")),
    ([, wanted, count, token]) => listExecutions(wanted, count, token),
    // Who comes back sees what was there at once, and then what has become of it.
    { revalidateFirstPage: false, revalidateOnFocus: false, revalidateOnMount: true },
  );
  const executions = data?.flatMap((page) => page.items);
  const [asked, setAsked] = useState({ filter, upTo: pageSize, pages: 0 });
  // What was asked of another list does not count for this one.
  const { upTo, pages } = asked.filter === filter ? asked : { upTo: pageSize, pages: 0 };
  const isComplete = data?.at(-1)?.next_page_token === "";
  const following = executions !== undefined && !isComplete && executions.length < upTo && size < pages + followedPages && error === undefined;
  useEffect(() => {
    if (following && !isValidating && data?.length === size) void setSize(size + 1);
  }, [following, isValidating, data?.length, size, setSize]);
  return {
    executions,
    error: error as unknown,
    isLoading: isLoading || (following && executions.length === 0),
    isLoadingMore: data !== undefined && (following || (isValidating && data.length < size)),
    /** Whether everything there is has been loaded. */
    isComplete,
    loadMore: () => {
      setAsked({ filter, upTo: (executions?.length ?? 0) + pageSize, pages: size });
      void setSize(size + 1);
    },
    /** Starts over with the newest page. */
    refresh: async () => {
      await setSize(1);
      await refresh();
    },
  };
}

/** The last executions of a function, newest first. */
export function useRecentExecutions(functionId: string, count: number) {
  const { data, error, mutate: refresh } = useSWR(executionKeys.recent(functionId, count), ([, , id, size]) => listExecutions({ functionId: id }, size));
  return { recent: data?.items, error: error as unknown, refresh };
}

/** One page of the list; `token` is next_page_token of the page before, or empty. */
export function listExecutions(filter: ExecutionFilter, pageSize: number, token = ""): Promise<ExecutionPage> {
  const { functionId, statuses, trigger, version, from, to, minDurationMs, q } = filter;
  return answer(
    api.GET("/api/executions", {
      params: {
        query: {
          page_size: pageSize,
          ...(token && { page_token: token }),
          ...(functionId && { function_id: functionId }),
          ...(statuses && statuses.length > 0 && { status: [...statuses] }),
          ...(trigger && { trigger }),
          ...(version && { version }),
          ...(from && { from }),
          ...(to && { to }),
          ...(minDurationMs && { min_duration_ms: minDurationMs }),
          ...(q && { q }),
        },
      },
      querySerializer: { array: { style: "form", explode: false } },
    }),
  );
}

/** One execution with its input, output and log; `id` is null while it is not known. */
export function useExecution(id: string | null) {
  const { data, error, isLoading, mutate: refresh } = useSWR(id === null ? null : executionKeys.detail(id), ([, ref]) => getExecution(ref), {
    revalidateOnFocus: false, // while it can change a stream tells of it
  });
  return { execution: data, error: error as unknown, isLoading: isLoading || id === null, refresh: () => refresh() };
}

function getExecution(id: string): Promise<Execution> {
  return answer(api.GET("/api/executions/{id}", { params: { path: { id } } }));
}

/** Shows what a stream told of an execution wherever it is on the screen, without asking again. */
export async function storeExecution(execution: Execution): Promise<void> {
  await mutate(executionKeys.detail(execution.id), execution, { revalidate: false });
}

/** All lines of an execution that has ended; null asks for nothing. */
export function useExecutionLines(id: string | null) {
  const { data, error, isLoading, mutate: refresh } = useSWR(id === null ? null : executionKeys.logs(id), ([, ref]) => allLines(ref), {
    revalidateOnFocus: false,
    revalidateIfStale: false,
  });
  return { lines: data, error: error as unknown, isLoading, refresh: () => refresh() };
}

async function allLines(id: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let after = 0; ; ) {
    const { items } = await answer(api.GET("/api/executions/{id}/logs", { params: { path: { id }, query: { after, limit: linesPerRequest } } }));
    for (const line of items) lines.push(line);
    const last = items.at(-1);
    if (items.length < linesPerRequest || last === undefined) return lines;
    after = last.seq;
  }
}

/** Asks the server to stop the execution: its machine is destroyed. The answer is the execution as it is then. */
export async function cancelExecution(id: string): Promise<Execution> {
  const execution = await answer(api.POST("/api/executions/{id}/cancel", { params: { path: { id } } }));
  await storeExecution(execution);
  return execution;
}

/** Runs the function again with the same input; against the version of the old execution when none is named. */
export async function replayExecution(id: string, version?: number): Promise<Execution> {
  const execution = await answer(
    api.POST("/api/executions/{id}/replay", { params: { path: { id } }, body: version === undefined ? {} : { version } }),
  );
  await storeExecution(execution);
  return execution;
}
