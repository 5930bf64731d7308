import { describe, expect, it } from "vitest";

import { freeFunctionName, functionNameProblem } from "./function-name";

describe("functionNameProblem", () => {
  it("accepts what the server accepts", () => {
    for (const name of ["a", "Hello-World_2", "x".repeat(64), "fn", "fnx_1"]) expect(functionNameProblem(name)).toBeUndefined();
  });

  it("refuses what the server refuses", () => {
    for (const name of ["", "1st", "-a", "_a", "a b", "ä", "aé", "a.b", "a/b", "x".repeat(65), "fn_x", "a\n"]) expect(functionNameProblem(name), name).toBeDefined();
  });
});

describe("freeFunctionName", () => {
  it("counts up until nobody has the name", () => {
    expect(freeFunctionName("hello", new Set())).toBe("hello");
    expect(freeFunctionName("hello", new Set(["hello", "hello-2"]))).toBe("hello-3");
  });

  it("stays within the length of a name", () => {
    const long = "x".repeat(64);
    const name = freeFunctionName(long, new Set([long]));
    expect(functionNameProblem(name)).toBeUndefined();
    expect(name).toBe(`${"x".repeat(62)}-2`);
  });
});
