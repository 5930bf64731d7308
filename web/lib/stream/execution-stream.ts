import type { Execution, ExecutionStatus, LogLine, StreamEvent } from "@/lib/api/types";

/** What is known of one execution while it is followed. Lines are in order of seq, each once. */
export interface Followed {
  lines: readonly LogLine[];
  /** As last told by the stream; null before it told anything. */
  status: ExecutionStatus | null;
  /** The whole execution, once it has ended. */
  execution: Execution | null;
}

export const nothingFollowed: Followed = { lines: [], status: null, execution: null };

/** Takes in events in any order, also those that were taken in before. */
export function follow(state: Followed, events: readonly StreamEvent[]): Followed {
  const lines: LogLine[] = [];
  let { status, execution } = state;
  for (const event of events) {
    if (event.type === "log") {
      const line = lineOf(event);
      if (line) lines.push(line);
    } else if (event.type === "end") {
      execution = event.execution ?? execution;
      status = execution?.status ?? status;
    } else if (execution === null && event.status) {
      status = event.status; // once it has ended, what an older connection said does not count
    }
  }
  return { lines: mergeLines(state.lines, lines), status, execution };
}

export function lineOf(event: StreamEvent): LogLine | null {
  const { seq, time, stream, text, partial } = event;
  if (seq === undefined || time === undefined || stream === undefined || text === undefined) return null;
  return { seq, time, stream, text, ...(partial && { partial }) };
}

/** Both in order of seq, each line once. `known` is in order already; it is returned as it is when nothing is new. */
export function mergeLines<Line extends { seq: number }>(known: readonly Line[], more: readonly Line[]): readonly Line[] {
  const last = known.at(-1)?.seq ?? 0;
  const news = more.length < 2 ? more : more.toSorted((a, b) => a.seq - b.seq);
  const first = news[0]?.seq;
  if (first === undefined) return known;
  // Nearly always everything that comes is newer than everything there is.
  const all = first > last ? known.concat(news) : known.concat(news).sort((a, b) => a.seq - b.seq);
  const merged = all.filter((line, i) => line.seq !== all[i - 1]?.seq);
  return merged.length === known.length ? known : merged;
}
