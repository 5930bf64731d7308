import type { ExecutionFilter } from "@/lib/data/executions";
import type { Execution, ExecutionSummary, StreamEvent } from "@/lib/api/types";

import { matches } from "./filter";

/** What a stream has told since the pages of the list were loaded, by id. */
export type Live = ReadonlyMap<string, ExecutionSummary>;

/** Takes in events. `unknown` says that one began of which more has to be asked. */
export function takeEvents(live: Live, loaded: readonly ExecutionSummary[], events: readonly StreamEvent[]): { live: Live; unknown: boolean } {
  const next = new Map(live);
  const pages = new Map(loaded.map((e) => [e.id, e]));
  const known = (id: string) => next.get(id) ?? pages.get(id);
  let unknown = false;
  for (const { type, execution_id: id, execution, status } of events) {
    if (execution) next.set(id, summaryOf(execution));
    else if (type === "status" && status) {
      const before = known(id);
      if (before === undefined) unknown = true;
      else if (before.status !== status && before.finished_at === null) next.set(id, { ...before, status });
    }
  }
  return { live: next, unknown };
}

/** Takes in a page of the list that was loaded meanwhile; what has ended stays ended. */
export function takePage(live: Live, page: readonly ExecutionSummary[]): Live {
  const next = new Map(live);
  for (const e of page) {
    const before = next.get(e.id);
    if (before === undefined || before.finished_at === null) next.set(e.id, e);
  }
  return next;
}

/** The list as it is now, newest first: what the stream told replaces what was loaded. */
export function merge(loaded: readonly ExecutionSummary[], isComplete: boolean, live: Live, filter: ExecutionFilter): readonly ExecutionSummary[] {
  if (live.size === 0) return loaded;
  // Below the last loaded one there are others that were not loaded yet.
  const oldest = isComplete ? "" : (loaded.at(-1)?.id ?? "");
  const rows = new Map(loaded.map((e) => [e.id, e]));
  for (const [id, e] of live) {
    if (!matches(filter, e)) rows.delete(id);
    else if (id >= oldest) rows.set(id, e);
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
}

/** Without what a list does not show, which may be large. */
function summaryOf({ input: _input, output: _output, logs: _logs, ...summary }: Execution): ExecutionSummary {
  return summary;
}
