import type { ExecutionFilter } from "@/lib/data/executions";
import type { ExecutionStatus, ExecutionSummary } from "@/lib/api/types";
import { statuses } from "@/lib/status";
import { triggers } from "@/lib/trigger";

/** How far back the list goes, in hours. */
const ranges = { "1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24 } as const;

export type Range = keyof typeof ranges;

export function rangeOf(text: string | null): Range | null {
  return text !== null && text in ranges ? (text as Range) : null;
}

/** When the range begins, to the minute; ISO 8601. */
function beginOf(range: Range, now: number): string {
  return new Date(Math.floor(now / 60_000) * 60_000 - ranges[range] * 3_600_000).toISOString();
}

/** Reads a filter from the address, which anybody may have written: what makes no sense is left out. */
export function filterOf(params: URLSearchParams, q: string, now: number): ExecutionFilter {
  const range = rangeOf(params.get("range"));
  const wanted = (params.get("status") ?? "").split(",");
  const chosen = statuses.filter((status) => wanted.includes(status));
  const trigger = triggers.find((name) => name === params.get("trigger"));
  const from = range === null ? timeOf(params.get("from")) : beginOf(range, now);
  const to = range === null ? timeOf(params.get("to")) : undefined;
  const functionId = params.get("function_id")?.slice(0, 128);
  const version = countOf(params.get("version"));
  const minDurationMs = countOf(params.get("min_duration_ms"));
  return {
    ...(functionId && { functionId }),
    ...(chosen.length > 0 && { statuses: chosen }),
    ...(trigger && { trigger }),
    ...(version && { version }),
    ...(from && { from }),
    ...(to && { to }),
    ...(minDurationMs && { minDurationMs: Math.min(minDurationMs, 86_400_000) }),
    ...(q && { q: q.slice(0, 256) }),
  };
}

function timeOf(text: string | null): string | undefined {
  const time = text === null ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function countOf(text: string | null): number | undefined {
  return text !== null && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : undefined;
}

/** Whether the list holds the execution: the same that the server asks, for those that a stream tells of. */
export function matches(filter: ExecutionFilter, e: ExecutionSummary): boolean {
  const { functionId, statuses: wanted, trigger, version, from, to, minDurationMs, q } = filter;
  const created = Date.parse(e.created_at);
  return (
    (functionId === undefined || functionId === e.function_id) &&
    (wanted === undefined || wanted.length === 0 || wanted.includes(e.status)) &&
    (trigger === undefined || trigger === e.trigger) &&
    (version === undefined || version === e.version) &&
    (from === undefined || created >= Date.parse(from)) &&
    (to === undefined || created < Date.parse(to)) &&
    (minDurationMs === undefined || e.duration_ms >= minDurationMs) &&
    (q === undefined || [e.id, e.function_name, e.error?.type, e.error?.message].some((text) => text?.toLowerCase().includes(q.toLowerCase())))
  );
}

/** Whether an execution that has not ended can be in the list at all. */
export function holdsLive({ statuses: wanted }: ExecutionFilter): boolean {
  const live: ExecutionStatus[] = ["pending", "running"];
  return wanted === undefined || wanted.length === 0 || live.some((status) => wanted.includes(status));
}
