import { describe, expect, it } from "vitest";

import type { FunctionStats } from "@/lib/api/types";

import { ranked } from "./ranking";

const fn = (id: string, executions: number, errors: number): FunctionStats => ({
  function_id: id, executions, errors, error_rate: executions === 0 ? 0 : errors / executions, p50_ms: null, p95_ms: null, points: [], last_execution: null,
});

const all = [fn("idle", 0, 0), fn("steady", 500, 0), fn("flaky", 40, 10), fn("busy", 900, 10), fn("broken", 12, 12)];
const ids = (stats: FunctionStats[]) => stats.map((s) => s.function_id);

describe("ranked", () => {
  it("puts what runs most first and leaves out what did not run", () => {
    expect(ids(ranked(all, "runs", 5))).toEqual(["busy", "steady", "flaky", "broken"]);
  });

  it("puts what fails most first and leaves out what did not fail; of equals the busier one", () => {
    expect(ids(ranked(all, "errors", 5))).toEqual(["broken", "busy", "flaky"]);
  });

  it("stops at the count", () => {
    expect(ids(ranked(all, "runs", 2))).toEqual(["busy", "steady"]);
  });
});
