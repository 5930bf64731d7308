import { describe, expect, it } from "vitest";

import type { Func, FunctionStats } from "@/lib/api/types";

import { nextSort, sortOf, sortRows, type FunctionRow } from "./sort";

function row(name: string, created: string, stats?: { executions: number; rate: number; last?: string }): FunctionRow {
  const fn: Func = {
    id: `fn_${name}`, name, description: "", runtime: "nodejs", handler: "index.handler", version: 1, memory_mb: 128, cpus: 0, timeout_ms: 3000,
    isolation: "fresh", max_concurrency: 100, env: {}, secret_names: [], created_at: created, updated_at: created,
  };
  const summed: FunctionStats | undefined = stats && {
    function_id: fn.id, executions: stats.executions, errors: Math.round(stats.executions * stats.rate), error_rate: stats.rate, p50_ms: null, p95_ms: null, points: [],
    last_execution: stats.last ? { id: "exe_1", status: "success", created_at: stats.last, duration_ms: 1 } : null,
  };
  return { fn, stats: summed };
}

const rows = [
  row("job-10", "2026-11-03T00:00:00Z", { executions: 4, rate: 0.5, last: "2026-11-20T00:00:00Z" }),
  row("job-9", "2026-11-01T00:00:00Z", { executions: 9, rate: 0, last: "2026-11-21T00:00:00Z" }),
  row("idle", "2026-11-02T00:00:00Z", { executions: 0, rate: 0 }),
  row("unknown", "2026-11-04T00:00:00Z"),
];

const names = (key: string | null, order: string | null) => sortRows(rows, sortOf(key, order)).map(({ fn }) => fn.name);

describe("sortRows", () => {
  it("begins with the newest function", () => {
    expect(names(null, null)).toEqual(["unknown", "job-10", "idle", "job-9"]);
  });

  it("reads numbers in names as numbers", () => {
    expect(names("name", null)).toEqual(["idle", "job-9", "job-10", "unknown"]);
    expect(names("name", "desc")).toEqual(["unknown", "job-10", "job-9", "idle"]);
  });

  it("puts what never ran last in both orders", () => {
    expect(names("last_run", "desc")).toEqual(["job-9", "job-10", "idle", "unknown"]);
    expect(names("last_run", "asc")).toEqual(["job-10", "job-9", "idle", "unknown"]);
    expect(names("error_rate", "desc")).toEqual(["job-10", "job-9", "idle", "unknown"]);
    expect(names("error_rate", "asc")).toEqual(["job-9", "job-10", "idle", "unknown"]);
  });

  it("does not change the rows it is given", () => {
    const before = [...rows];
    sortRows(rows, { key: "name", order: "asc" });
    expect(rows).toEqual(before);
  });
});

describe("sortOf", () => {
  it("takes nothing from the address that is not a column", () => {
    expect(sortOf("__proto__", "sideways")).toEqual({ key: "created", order: "desc" });
  });
});

describe("nextSort", () => {
  it("turns a column around and starts another in its first order", () => {
    expect(nextSort({ key: "created", order: "desc" }, "created")).toEqual({ key: "created", order: "asc" });
    expect(nextSort({ key: "created", order: "asc" }, "name")).toEqual({ key: "name", order: "asc" });
    expect(nextSort({ key: "name", order: "asc" }, "error_rate")).toEqual({ key: "error_rate", order: "desc" });
  });
});
