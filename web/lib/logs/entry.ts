import type { FoundLine, LogLine } from "@/lib/api/types";

import { hasControl, stripAnsi } from "./ansi";
import { levelOf, type Level } from "./level";

/** A line as it is shown, on its own or among those of other executions. */
export interface LogEntry extends LogLine, Partial<Pick<FoundLine, "execution_id" | "function_id" | "function_name">> {
  /** What happened right after this line and is not in it: something was dropped, or is missing. */
  note?: string;
}

/** What a line turns out to be when it is read. */
export interface Reading {
  /** The text without colour codes. */
  plain: string;
  level: Level | null;
  /** Whether it is a JSON object or array, which can be unfolded. */
  json: boolean;
}

/** Longer lines are not taken for JSON: they would be parsed again and again for a level. */
const longestRecord = 32 * 1024;

const readings = new WeakMap<LogEntry, Reading>();

/** Reads a line once, when it is first looked at. */
export function read(entry: LogEntry): Reading {
  const known = readings.get(entry);
  if (known) return known;
  const plain = hasControl(entry.text) ? stripAnsi(entry.text) : entry.text;
  const value = jsonOf(plain);
  const record = value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  const reading: Reading = { plain, level: levelOf(plain, record), json: value !== null };
  readings.set(entry, reading);
  return reading;
}

function jsonOf(text: string): object | null {
  const start = text.trimStart();
  if (!(start.startsWith("{") || start.startsWith("[")) || text.length > longestRecord) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null; // looks like JSON and is not: a plain line
  }
}

/** Which execution and which line of it: what a line is recognised by. */
export function keyOf(entry: LogEntry): string {
  return `${entry.execution_id ?? ""}/${entry.seq}`;
}

/** Lines as text to be pasted or saved: time, function where there are several, stream, text. */
export function asText(entries: readonly LogEntry[]): string {
  return entries
    .map(({ time, function_name, execution_id, stream, note, ...entry }) => {
      const origin = execution_id === undefined ? "" : `${function_name ?? ""} ${execution_id} `;
      return `${time} ${origin}${stream} ${stripAnsi(entry.text)}\n${note === undefined ? "" : `--- ${note}\n`}`;
    })
    .join("");
}
