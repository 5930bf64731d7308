import { describe, expect, it } from "vitest";

import type { Func } from "@/lib/api/types";

import { settingsChange, settingsOf, settingsSchema } from "./schema";

const fn: Func = {
  id: "fn_1",
  name: "resize",
  description: "",
  runtime: "nodejs22",
  handler: "index.handler",
  version: 3,
  memory_mb: 128,
  cpus: 0,
  timeout_ms: 1500,
  isolation: "fresh",
  max_concurrency: 100,
  env: {},
  secret_names: [],
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};

describe("settings of a function", () => {
  it("takes what the server has", () => {
    expect(settingsSchema.safeParse(settingsOf(fn)).success).toBe(true);
  });

  it.each([
    ["name", "1st"],
    ["name", "fn_x"],
    ["name", "a".repeat(65)],
    ["memory_mb", "63"],
    ["memory_mb", "128.5"],
    ["memory_mb", ""],
    ["cpus", "0.01"],
    ["timeout_ms", "99"],
    ["timeout_ms", "soon"],
    ["handler", "index handler"],
    ["max_concurrency", "0"],
  ])("refuses %s %j", (field, value) => {
    expect(settingsSchema.safeParse({ ...settingsOf(fn), [field]: value }).success).toBe(false);
  });

  it("sends what was changed, in the units of the API", () => {
    const settings = { ...settingsOf(fn), timeout_ms: "2500", cpus: "", memory_mb: "256" };
    expect(settingsChange(settings, { timeout_ms: true, cpus: true })).toEqual({ timeout_ms: 2500, cpus: 0 });
    expect(settingsChange(settings, {})).toEqual({});
  });
});
