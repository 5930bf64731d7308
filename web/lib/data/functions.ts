"use client";

import useSWR, { mutate } from "swr";
import useSWRInfinite from "swr/infinite";

import { answer, api } from "@/lib/api/client";
import type { CreateFunction, Execution, Func, FunctionDetail, FunctionPage, UpdateFunction } from "@/lib/api/types";

/** What narrows the list; the server searches names and descriptions. */
export interface FunctionFilter {
  q?: string;
  runtime?: string;
  /** How many a page holds, 1 to 200; 50 when left out. */
  pageSize?: number;
}

const listKey = (filter: FunctionFilter, token: string) => ["functions", filter, token] as const;

export const functionKeys = {
  detail: (id: string) => ["function", id] as const,
  versions: (id: string) => ["function", id, "versions"] as const,
  version: (id: string, number: number) => ["function", id, "versions", number] as const,
  testEvents: (id: string) => ["function", id, "events"] as const,
};

/** The functions that match, page after page in the server's order. */
export function useFunctions(filter: FunctionFilter = {}) {
  const { data, error, isLoading, isValidating, size, setSize, mutate: refresh } = useSWRInfinite(
    (index, before: FunctionPage | null) => (before?.next_page_token === "" ? null : listKey(filter, index === 0 ? "" : (before?.next_page_token ?? ""))),
    ([, { q, runtime, pageSize }, token]) =>
      answer(
        api.GET("/api/functions", {
          params: { query: { ...(q && { q }), ...(runtime && { runtime }), ...(pageSize && { page_size: pageSize }), ...(token && { page_token: token }) } },
        }),
      ),
    { revalidateFirstPage: true, keepPreviousData: true },
  );
  return {
    functions: data?.flatMap((page) => page.items),
    error: error as unknown,
    isLoading,
    isLoadingMore: isValidating && data !== undefined && data.length < size,
    /** Whether the last page has been loaded. */
    isComplete: data?.at(-1)?.next_page_token === "",
    loadMore: () => void setSize((n) => n + 1),
    refresh: () => refresh(),
  };
}

/** A function with the code of its active version; `id` is its id or name, null while it is not known. */
export function useFunction(id: string | null) {
  const { data, error, isLoading, mutate: refresh } = useSWR(id === null ? null : functionKeys.detail(id), ([, ref]) => getFunction(ref));
  return { fn: data, error: error as unknown, isLoading: isLoading || id === null, refresh: () => refresh() };
}

/** The function as it is on the server now, past any cache: for asking what has changed before it is replaced. */
export function getFunction(id: string): Promise<FunctionDetail> {
  return answer(api.GET("/api/functions/{id}", { params: { path: { id } } }));
}

export async function createFunction(body: CreateFunction): Promise<Func> {
  const created = await answer(api.POST("/api/functions", { body }));
  await forgetLists();
  return created;
}

/** Changes what `body` names and nothing else. A change of code, handler or runtime makes a new version, which becomes active. */
export async function updateFunction(id: string, body: UpdateFunction): Promise<Func> {
  const updated = await answer(api.PATCH("/api/functions/{id}", { params: { path: { id } }, body }));
  await changed(id);
  return updated;
}

/** Deletes the function and its versions; its executions stay until retention removes them. */
export async function deleteFunction(id: string): Promise<void> {
  await answer(api.DELETE("/api/functions/{id}", { params: { path: { id } } }));
  // Its own page may still be on the screen and must not ask for it again.
  await mutate((key) => isOf(key, id), undefined, { revalidate: false });
  await forgetLists();
}

/** Makes the version the active one; versions after it stay. */
export async function activateVersion(id: string, number: number): Promise<Func> {
  const updated = await answer(api.POST("/api/functions/{id}/versions/{n}/activate", { params: { path: { id, n: number } } }));
  await changed(id);
  return updated;
}

async function changed(id: string): Promise<void> {
  await Promise.all([mutate((key) => isOf(key, id)), forgetLists()]);
}

function isOf(key: unknown, id: string): boolean {
  return Array.isArray(key) && key[0] === "function" && key[1] === id;
}

/** A list loads its pages anew when it is shown next. Infinite lists cannot be revalidated by a filter, but their pages can be dropped. */
async function forgetLists(): Promise<void> {
  await mutate((key) => Array.isArray(key) && (key[0] === "functions" || key[0] === "palette"), undefined, { revalidate: false });
}

export interface Call {
  input: unknown;
  /** The active version when left out. */
  version?: number;
  signal?: AbortSignal;
}

/** Runs the function and waits for the end. That the function failed is told by the execution, not thrown. */
export function executeFunction(id: string, { input, version, signal }: Call): Promise<Execution> {
  return answer(api.POST("/api/functions/{id}/execute", { params: { path: { id } }, body: { input, ...(version && { version }) }, signal }));
}

/** Has the function run; the answer is the pending execution, to be followed by its stream. */
export function startFunction(id: string, { input, version, signal }: Call): Promise<Execution> {
  return answer(
    api.POST("/api/functions/{id}/execute", {
      params: { path: { id }, header: { Prefer: "respond-async" } },
      body: { input, ...(version && { version }) },
      signal,
    }),
  );
}
