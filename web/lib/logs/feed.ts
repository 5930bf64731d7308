import type { FoundLine, LogPage, StreamEvent } from "@/lib/api/types";
import { formatBytes } from "@/lib/format";
import { lineOf } from "@/lib/stream/execution-stream";

import type { LogEntry } from "./entry";
import { holds } from "./filter";

/** What a feed holds of the lines that a stream tells; the server keeps to the same when it searches. */
export interface FeedFilter {
  functionId: string | null;
  /** Part of the text, in any case. */
  q: string;
  stream: LogEntry["stream"] | null;
  from?: string;
  to?: string;
}

/** Lines of many executions, the newest last: found ones, and behind them those that came since. */
export interface Feed {
  entries: readonly LogEntry[];
  /** While it is paused new lines wait here. */
  waiting: readonly LogEntry[];
  paused: boolean;
  /** Of each execution, which seqs are known. Stored lines come downwards and live ones upwards, so that these two say which are new. */
  known: ReadonlyMap<string, { first: number; last: number }>;
  /** Whether the oldest were dropped to bound the feed. */
  trimmed: boolean;
}

export const emptyFeed: Feed = { entries: [], waiting: [], paused: false, known: new Map(), trimmed: false };

/** The most lines that are kept, and how many are dropped at once when there are more. */
export const mostEntries = 50_000;
const dropAtOnce = 5_000;

/** Takes in what the stream tells; lines that are known already are left out. */
export function takeLive(feed: Feed, events: readonly StreamEvent[], { q, stream }: FeedFilter): Feed {
  const query = q.toLowerCase();
  const known = new Map(feed.known);
  const added: LogEntry[] = [];
  const ended = new Map<string, number>();
  for (const event of events) {
    const { execution_id, function_id, function_name, execution } = event;
    if (execution && execution.logs_truncated_bytes > 0) ended.set(execution_id, execution.logs_truncated_bytes);
    const line = event.type === "log" ? lineOf(event) : null;
    if (line === null) continue;
    const range = known.get(execution_id);
    if (range && line.seq <= range.last) continue;
    known.set(execution_id, { first: range?.first ?? line.seq, last: line.seq });
    const entry = { ...line, execution_id, function_id, function_name };
    if ((stream === null || stream === line.stream) && (query === "" || holds(entry, query))) added.push(entry);
  }
  if (added.length === 0 && ended.size === 0) return feed;
  const target = feed.paused ? "waiting" : "entries";
  const lines = feed[target].concat(added);
  for (const [id, bytes] of ended) noteLast(lines, id, dropped(bytes));
  return trim({ ...feed, known, [target]: lines });
}

/** Puts a page of stored lines, which has the newest first, before those that are there. */
export function takeOlder(feed: Feed, page: LogPage): Feed {
  const known = new Map(feed.known);
  const cut = new Map(page.truncated.map(({ execution_id, bytes }) => [execution_id, bytes]));
  const older: LogEntry[] = [];
  for (const line of page.items) {
    const range = known.get(line.execution_id);
    if (range && line.seq >= range.first) continue;
    const bytes = cut.get(line.execution_id);
    // What was dropped is missing at the end, which is the line met first.
    older.push({ ...entryOf(line), ...(range === undefined && bytes !== undefined && ended(line) && { note: dropped(bytes) }) });
    known.set(line.execution_id, { first: line.seq, last: range?.last ?? line.seq });
  }
  return { ...feed, known, entries: older.reverse().concat(feed.entries) };
}

/** Takes in the newest stored lines after a stream came back elsewhere; where they do not reach back to what is known, a note says so. */
export function takeMissed(feed: Feed, page: LogPage): Feed {
  const known = new Map(feed.known);
  const isKnown = (line: FoundLine) => line.seq <= (feed.known.get(line.execution_id)?.last ?? 0);
  const missed = page.items.filter((line) => !isKnown(line)).map(entryOf).reverse();
  for (const { execution_id = "", seq } of missed) {
    const range = known.get(execution_id);
    known.set(execution_id, { first: range?.first ?? seq, last: Math.max(range?.last ?? 0, seq) });
  }
  const reaches = page.next_page_token === "" || page.items.some(isKnown);
  const target = feed.paused ? "waiting" : "entries";
  const lines = [...feed[target]];
  const last = lines.at(-1);
  if (!reaches && last) lines[lines.length - 1] = { ...last, note: "The stream was interrupted and could not go on here: lines may be missing." };
  return trim({ ...feed, known, [target]: lines.concat(missed) });
}

export function pause(feed: Feed): Feed {
  return { ...feed, paused: true };
}

/** Shows what has waited. */
export function resume(feed: Feed): Feed {
  return trim({ ...feed, paused: false, waiting: [], entries: feed.entries.concat(feed.waiting) });
}

function trim(feed: Feed): Feed {
  const { entries, waiting } = feed;
  if (waiting.length > mostEntries) return { ...feed, trimmed: true, waiting: waiting.slice(waiting.length - mostEntries + dropAtOnce) };
  if (entries.length <= mostEntries) return feed;
  const kept = entries.slice(entries.length - mostEntries + dropAtOnce);
  const alive = new Set(kept.map((entry) => entry.execution_id));
  return { ...feed, trimmed: true, entries: kept, known: new Map([...feed.known].filter(([id]) => alive.has(id))) };
}

function noteLast(entries: LogEntry[], id: string, note: string) {
  const at = entries.findLastIndex((entry) => entry.execution_id === id);
  const entry = entries[at];
  if (entry) entries[at] = { ...entry, note };
}

function entryOf({ execution_id, function_id, function_name, seq, time, stream, text, partial }: FoundLine): LogEntry {
  return { execution_id, function_id, function_name, seq, time, stream, text, ...(partial && { partial }) };
}

function ended({ status }: FoundLine): boolean {
  return status !== "pending" && status !== "running";
}

function dropped(bytes: number): string {
  return `${formatBytes(bytes)} more were written here and dropped: the log limit of an execution was reached.`;
}
