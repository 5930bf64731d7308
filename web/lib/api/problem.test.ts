import { describe, expect, it } from "vitest";

import { problemOf, sentence } from "./problem";

describe("sentence", () => {
  it.each([
    ["the database is away", "The database is away."],
    ["too many requests; try again in 7 s", "Too many requests; try again in 7 s."],
    ["Already one.", "Already one."],
    ["is it?", "Is it?"],
    ["memory_mb must be at least 64", "memory_mb must be at least 64."],
    ["lib/a.js is too large", "lib/a.js is too large."],
    ["ärger", "ärger."],
    ["", ""],
  ])("%j is read as %j", (message, read) => expect(sentence(message)).toBe(read));
});

describe("problemOf", () => {
  it("says something of an answer that is no problem document", () => {
    const problem = problemOf(new Response("<html>", { status: 502, headers: { "X-Request-Id": "req_1", "Retry-After": "7" } }), undefined);
    expect(problem).toMatchObject({ status: 502, code: "internal", detail: "The server answered 502.", requestId: "req_1", retryAfter: 7 });
  });
});
