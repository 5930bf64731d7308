import { expect, it } from "vitest";

import { backoff } from "./backoff";

it("doubles, stays below its bound and is spread over its second half", () => {
  expect(backoff(0, 0)).toBe(250);
  expect(backoff(0, 0.5)).toBe(375);
  expect(backoff(3, 0)).toBe(2000);
  expect(backoff(1000, 0.999)).toBeLessThanOrEqual(20_000);
  expect(backoff(1000, 0)).toBe(10_000);
});
