import type { StreamEvent } from "@/lib/api/types";

/** The stream of one execution after the line `after`: lines count from 1 in each execution. */
export function executionStreamPath(id: string, after: number): string {
  return `/api/executions/${encodeURIComponent(id)}/stream?after=${after}`;
}

/** The stream of every execution of a function, or of all functions, right after the event `seen`. */
export function liveStreamPath(functionId: string | null, seen: StreamEvent | null): string {
  const path = functionId === null ? "/api/stream" : `/api/functions/${encodeURIComponent(functionId)}/stream`;
  return seen?.cursor === undefined ? path : `${path}?cursor=${encodeURIComponent(seen.cursor)}`;
}
