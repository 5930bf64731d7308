import { filterOf } from "@/lib/executions/filter";
import type { LogEntry } from "@/lib/logs/entry";
import type { FeedFilter } from "@/lib/logs/feed";
import type { LevelChoice } from "@/lib/logs/filter";

export const streams: readonly LogEntry["stream"][] = ["stdout", "stderr", "system"];
const levels: readonly LevelChoice[] = ["error", "warn", "info", "debug", "none"];

/** Reads what the address says of the feed; what makes no sense is left out. */
export function feedFilterOf(params: URLSearchParams, q: string, now: number): FeedFilter {
  const { functionId, from, to } = filterOf(params, q, now);
  return {
    functionId: functionId ?? null,
    q: q.slice(0, 256),
    stream: streams.find((stream) => stream === params.get("stream")) ?? null,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

export function levelsOf(text: string | null): LevelChoice[] {
  const wanted = (text ?? "").split(",");
  return levels.filter((level) => wanted.includes(level));
}
