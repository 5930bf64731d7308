// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";

import { functionNameProblem } from "@/lib/function-name";

import { templateOf, templates } from ".";

/** Runs the Node.js code of a template as the runner would: as a module, with its own example. */
async function run(id: string, input: unknown = templateOf(id).input): Promise<unknown> {
  const code = templateOf(id).code?.nodejs ?? "";
  const module: unknown = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  return (module as { handler: (event: unknown) => Promise<unknown> }).handler(structuredClone(input));
}

describe("templates", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("have ids and suggested names of their own, which the server accepts", () => {
    expect(new Set(templates.map((t) => t.id)).size).toBe(templates.length);
    for (const { name } of templates) expect(functionNameProblem(name)).toBeUndefined();
  });

  it("exist in both languages", () => {
    for (const { id, code } of templates) if (code !== null) expect(Object.keys(code).sort(), id).toEqual(["nodejs", "python"]);
  });

  it("answer a webhook by what is wrong with it", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    expect(await run("webhook")).toMatchObject({ statusCode: 202, body: '{"accepted":"A-1042"}' });
    expect(await run("webhook", { requestContext: { http: { method: "GET" } } })).toMatchObject({ statusCode: 405, headers: { allow: "POST" } });
    expect(await run("webhook", { requestContext: { http: { method: "POST" } }, body: "{" })).toMatchObject({ statusCode: 400 });
    expect(await run("webhook", { requestContext: { http: { method: "POST" } }, body: "null" })).toMatchObject({ statusCode: 422 });
  });

  it("find what has expired", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    expect(await run("clean-up")).toEqual({ remove: ["report-2026-03.csv", "report-2026-04.csv"], keep: 1, freed_bytes: 100_090 });
  });

  it("sum up money without rounding errors", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    expect(await run("json-transform")).toEqual([
      { customer: "south", total: 99.95 },
      { customer: "north", total: 40 },
    ]);
  });

  it("sign with the secret, and say so when it is missing", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    vi.stubEnv("SIGNING_KEY", undefined);
    await expect(run("secrets")).rejects.toThrow("SIGNING_KEY is not set");
    vi.stubEnv("SIGNING_KEY", "key");
    expect(await run("secrets", { payload: 1 })).toEqual({
      body: "1",
      headers: { "x-signature": "sha256=6da91fb91517be1f5cdcf3af91d7d40c717dd638a306157606fb2e584f7ae926" },
    });
  });

  it("count primes", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    expect(await run("cpu-bound")).toEqual({ limit: 1_000_000, primes: 78_498 });
    await expect(run("cpu-bound", { limit: 1e9 })).rejects.toThrow("limit must be");
  });
});
