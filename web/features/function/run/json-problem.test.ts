import { describe, expect, it } from "vitest";

import { jsonProblem } from "./json-problem";

describe("jsonProblem", () => {
  it.each(["null", "{}", ' {"a": [1, -2.5e3, "x\\n\\u00e9", true, false, null], "b": {}} ', "[]", '"text"', "0"])("takes %s", (text) => {
    expect(jsonProblem(text)).toBeNull();
  });

  it.each([
    ["", 1, 1, "at least null or {}"],
    ['{"a": 1,}', 1, 9, "Remove the comma"],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "A comma or }"],
    ["{\n  a: 1\n}", 2, 3, "name in double quotes"],
    ["{'a': 1}", 1, 2, "name in double quotes"],
    ['{"a": \'x\'}', 1, 7, "double quotes"],
    ['{"a" 1}', 1, 6, "colon"],
    ['{"a": "x}\n', 1, 7, "no closing quote"],
    ['["a", "\\x"]', 1, 8, "escape"],
    ["[1, 02]", 1, 5, "not a number"],
    ['{"a": {"b": 1}', 1, 15, "} is missing"],
    ["{} {}", 1, 4, "too much"],
    ["undefined", 1, 1, "A value was expected here, not u"],
    ["[1,, 2]", 1, 4, "A value was expected here"],
  ])("finds what is wrong with %j", (text, line, column, message) => {
    const problem = jsonProblem(text);
    expect(problem).toMatchObject({ line, column });
    expect(problem?.message).toContain(message);
  });

  it("always finds a place where JSON.parse refuses", () => {
    const alphabet = ["{", "}", "[", "]", ",", ":", '"a"', "1", "-", "true", "\\", "\n", " ", "."];
    for (let seed = 1; seed < 3000; seed++) {
      let state = seed;
      const text = Array.from({ length: (seed % 9) + 1 }, () => alphabet[(state = (state * 48271) % 2147483647) % alphabet.length]).join("");
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(jsonProblem(text) === null, text).toBe(valid);
      const problem = jsonProblem(text);
      if (problem) expect(problem.message, text).not.toBe("This is not JSON.");
    }
  });
});
