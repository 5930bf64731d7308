/** How grave a line is, as its own text says. */
export type Level = "error" | "warn" | "info" | "debug";

const names: Record<string, Level> = {
  fatal: "error",
  panic: "error",
  critical: "error",
  crit: "error",
  error: "error",
  err: "error",
  warning: "warn",
  warn: "warn",
  notice: "info",
  info: "info",
  debug: "debug",
  dbg: "debug",
  trace: "debug",
};
const words = Object.keys(names).join("|");

// In capitals as a word near the start, in brackets in any case, or as level=…: anything looser takes prose for a level.
const capitals = new RegExp(`^(?:[^A-Za-z]|[0-9TZ:.,+-])*\\b(${words.toUpperCase()})\\b(?!\\s*=)`);
const bracketed = new RegExp(`^[^\\[]{0,40}\\[\\s*(${words})\\s*\\]`, "i");
const keyed = new RegExp(`(?:^|[\\s,{])"?(?:level|lvl|severity)"?\\s*[=:]\\s*"?(${words})\\b`, "i");
const named = new RegExp(`^(${words}):\\s`, "i");

/** Of a line that is a JSON object, what it says under the names that loggers use; pino and bunyan count in tens. */
function ofRecord(record: Record<string, unknown>): Level | null {
  const value = record.level ?? record.severity ?? record.lvl ?? record.levelname ?? record["log.level"];
  if (typeof value === "string") return names[value.toLowerCase()] ?? null;
  if (typeof value !== "number") return null;
  if (value >= 50) return "error";
  if (value >= 40) return "warn";
  return value >= 30 ? "info" : value >= 10 ? "debug" : null;
}

/** The level of a line without colour codes, or null when it says none; `record` is what it is as JSON, if it is an object. */
export function levelOf(text: string, record: Record<string, unknown> | null): Level | null {
  if (record) return ofRecord(record);
  const head = text.slice(0, 200);
  const word = capitals.exec(head)?.[1] ?? bracketed.exec(head)?.[1] ?? named.exec(head)?.[1] ?? keyed.exec(head)?.[1];
  return word === undefined ? null : (names[word.toLowerCase()] ?? null);
}
