import { describe, expect, it } from "vitest";

import { passwordProblem, passwordStrength } from "./password";

describe("passwordProblem", () => {
  it("counts bytes as the server does", () => {
    expect(passwordProblem("1234567")).toMatch(/At least 8/);
    expect(passwordProblem("12345678")).toBeUndefined();
    expect(passwordProblem("ä".repeat(4))).toBeUndefined(); // 8 bytes
    expect(passwordProblem("ä".repeat(36))).toBeUndefined(); // 72 bytes
    expect(passwordProblem("ä".repeat(36) + "x")).toMatch(/At most 72 bytes/);
  });
});

describe("passwordStrength", () => {
  it("has level 0 exactly for what is refused", () => {
    for (const password of ["", "short", "12345678", "correct horse", "x".repeat(72), "x".repeat(73), "ü".repeat(40)]) {
      expect(passwordStrength(password).level === 0).toBe(passwordProblem(password) !== undefined);
    }
  });

  it("grows with length and not with repetition", () => {
    const levels = ["abcdefgh", "abcdefghjk", "correct horse x", "correct horse battery staple"].map((p) => passwordStrength(p).level);
    expect(levels).toEqual([1, 2, 3, 4]);
    expect(passwordStrength("aaaaaaaaaaaaaaaaaaaaaaaa").level).toBe(1);
  });

  it("says how much is missing", () => {
    expect(passwordStrength("1234567").text).toBe("1 more character needed.");
  });
});
