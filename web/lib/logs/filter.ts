import { read, type LogEntry } from "./entry";
import type { Level } from "./level";

/** Lines of a level, or those that say none. */
export type LevelChoice = Level | "none";

export interface LineFilter {
  /** Any of these; none means all. */
  levels: readonly LevelChoice[];
  stream: LogEntry["stream"] | null;
}

export function passes(entry: LogEntry, { levels, stream }: LineFilter): boolean {
  if (stream !== null && entry.stream !== stream) return false;
  return levels.length === 0 || levels.includes(read(entry).level ?? "none");
}

/** Whether the line holds the text; upper and lower case are the same. `query` is in lower case. */
export function holds(entry: LogEntry, query: string): boolean {
  return read(entry).plain.toLowerCase().includes(query);
}

/** Which of the lines were taken, and of which lines: a log only grows, so that most of the work is done already. */
export interface Taken {
  of: readonly LogEntry[];
  entries: readonly LogEntry[];
  /** The places of `entries` in `of`. */
  indices: readonly number[];
}

export const nothingTaken: Taken = { of: [], entries: [], indices: [] };

/** The lines that `test` takes. Where `before` was of the same lines and fewer, only what was added is looked at. */
export function take(before: Taken, lines: readonly LogEntry[], test: (entry: LogEntry) => boolean): Taken {
  const grown = before.of.length > 0 && before.of.length <= lines.length && before.of[0] === lines[0] && before.of.at(-1) === lines[before.of.length - 1];
  const entries = grown ? [...before.entries] : [];
  const indices = grown ? [...before.indices] : [];
  for (let i = grown ? before.of.length : 0; i < lines.length; i++) {
    const entry = lines[i];
    if (entry === undefined || !test(entry)) continue;
    entries.push(entry);
    indices.push(i);
  }
  return { of: lines, entries, indices };
}
