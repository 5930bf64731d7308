import { describe, expect, it } from "vitest";

import type { Execution, ExecutionSummary, StreamEvent } from "@/lib/api/types";

import { filterOf, matches } from "./filter";
import { merge, takeEvents, takePage, type Live } from "./live";

function summary(id: string, more: Partial<ExecutionSummary> = {}): ExecutionSummary {
  return {
    id, function_id: "fn_1", function_name: "report", version: 1, status: "success", trigger: "api", attempt: 1, start: "cold", error: null,
    logs_truncated_bytes: 0, exit_code: null, memory_peak_bytes: null, created_at: "2026-01-02T00:00:00.000Z", started_at: null,
    finished_at: "2026-01-02T00:00:01.000Z", duration_ms: 10, phases: [], replay_of: null, request_id: null, ...more,
  };
}
const running = (id: string) => summary(id, { status: "running", finished_at: null });
const origin = (id: string) => ({ execution_id: id, function_id: "fn_1", function_name: "report" });
const status = (id: string, value: "pending" | "running"): StreamEvent => ({ ...origin(id), type: "status", status: value });
const end = (e: ExecutionSummary): StreamEvent => ({ ...origin(e.id), type: "end", execution: { ...e, input: 1, output: 2, logs: "x" } as Execution });
const empty: Live = new Map();

describe("the filter of the address", () => {
  const now = Date.parse("2026-01-02T10:00:30.000Z");
  const read = (query: string) => filterOf(new URLSearchParams(query), "", now);

  it("reads what it knows", () => {
    expect(read("status=failed,timeout&trigger=replay&range=24h&version=3&function_id=fn_1")).toEqual({
      statuses: ["failed", "timeout"], trigger: "replay", from: "2026-01-01T10:00:00.000Z", version: 3, functionId: "fn_1",
    });
    expect(read("from=2026-01-01&to=2026-01-02T00:00:00Z")).toEqual({ from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:00:00.000Z" });
  });

  it("leaves out what makes no sense", () => {
    expect(read("status=nonsense&trigger=x&range=9y&version=-1&from=yesterday&min_duration_ms=1e9")).toEqual({});
  });
});

describe("what a stream tells of", () => {
  it("is in the list when the server would put it there", () => {
    const e = summary("exe_2", { status: "failed", error: { type: "TypeError", message: "No such Thing", stack: [] } });
    expect(matches({}, e)).toBe(true);
    expect(matches({ statuses: ["failed", "timeout"], trigger: "api", functionId: "fn_1", version: 1, minDurationMs: 10, q: "such thing" }, e)).toBe(true);
    for (const filter of [{ statuses: ["success" as const] }, { trigger: "replay" as const }, { functionId: "fn_2" }, { version: 2 }, { minDurationMs: 11 }, { q: "other" }, { from: "2026-01-03T00:00:00Z" }, { to: "2026-01-02T00:00:00Z" }]) {
      expect(matches(filter, e)).toBe(false);
    }
  });

  it("comes above the loaded ones, once, and changes them", () => {
    const loaded = [running("exe_5"), summary("exe_4")];
    const first = takeEvents(empty, loaded, [status("exe_6", "pending"), end(summary("exe_5", { status: "failed" }))]);
    expect(first.unknown).toBe(true);
    const live = takePage(first.live, [running("exe_6"), running("exe_5")]);
    const rows = merge(loaded, false, live, {});
    expect(rows.map((e) => [e.id, e.status])).toEqual([["exe_6", "running"], ["exe_5", "failed"], ["exe_4", "success"]]);
    expect(rows[1]).not.toHaveProperty("logs");
    const ended = takeEvents(live, loaded, [end(summary("exe_6")), status("exe_6", "running")]).live;
    expect(merge(loaded, false, ended, {})[0]?.status).toBe("success");
  });

  it("leaves the list when it matches no more, and waits below its end for its page", () => {
    const loaded = [running("exe_5"), running("exe_4")];
    const { live } = takeEvents(empty, loaded, [end(summary("exe_5")), end(summary("exe_1"))]);
    expect(merge(loaded, false, live, { statuses: ["running"] }).map((e) => e.id)).toEqual(["exe_4"]);
    expect(merge(loaded, false, live, {}).map((e) => e.id)).toEqual(["exe_5", "exe_4"]);
    expect(merge(loaded, true, live, {}).map((e) => e.id)).toEqual(["exe_5", "exe_4", "exe_1"]);
  });
});
