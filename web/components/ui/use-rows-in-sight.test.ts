import { expect, test } from "vitest";

import { rowsInSight } from "./use-rows-in-sight";

test("rows in sight and 600 px around them are drawn", () => {
  expect(rowsInSight(100, 800, 40, 10_000)).toEqual({ from: 0, to: 33 });
  expect(rowsInSight(-40_000, 800, 40, 10_000)).toEqual({ from: 985, to: 1035 });
});

test("never rows that are not there", () => {
  expect(rowsInSight(100, 800, 40, 5)).toEqual({ from: 0, to: 5 });
  expect(rowsInSight(-40_000, 800, 40, 10)).toEqual({ from: 10, to: 10 });
  expect(rowsInSight(5_000, 800, 40, 10)).toEqual({ from: 0, to: 0 });
  expect(rowsInSight(0, 800, 40, 0)).toEqual({ from: 0, to: 0 });
});
