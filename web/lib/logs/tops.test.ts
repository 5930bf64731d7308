import { expect, test } from "vitest";

import type { LogEntry } from "./entry";
import { lineAt, noHeights, shift, topsOf, withHeights } from "./tops";

const lines: LogEntry[] = Array.from({ length: 5 }, (_, i) => ({ seq: i + 1, time: "2026-01-01T00:00:00Z", stream: "stdout", text: `line ${i}` }));
const [a, b, c, d, e] = lines as [LogEntry, LogEntry, LogEntry, LogEntry, LogEntry];

test("lines that were not measured have one height", () => {
  expect([...topsOf(lines, noHeights())]).toEqual([0, 20, 40, 60, 80, 100]);
  expect([...topsOf([], noHeights())]).toEqual([0]);
});

test("measured lines have their own, wherever they move", () => {
  const heights = withHeights(noHeights(), [[b, 60], [c, 20.2]]);
  expect([...topsOf(lines, heights)]).toEqual([0, 20, 80, 100, 120, 140]);
  expect([...topsOf([b, c], heights)]).toEqual([0, 60, 80]);
});

test("only what is new makes another object", () => {
  const heights = withHeights(noHeights(), [[b, 60]]);
  expect(withHeights(heights, [[a, 20], [b, 60]])).toBe(heights);
  const folded = withHeights(heights, [[b, 20]]);
  expect(folded).not.toBe(heights);
  expect(topsOf(lines, folded).at(-1)).toBe(100);
});

test("finds the line at a place", () => {
  const tops = topsOf(lines, withHeights(noHeights(), [[b, 60]]));
  expect([-5, 0, 19, 20, 79, 80, 139, 900].map((y) => lineAt(tops, y))).toEqual([0, 0, 0, 1, 1, 2, 4, 4]);
  expect(lineAt(topsOf([], noHeights()), 10)).toBe(0);
});

test("knows how lines were put in front or dropped there", () => {
  expect(shift([c, d], [a, b, c, d, e])).toBe(-2);
  expect(shift([a, b, c], [c, d])).toBe(2);
  expect(shift([a, b], [a, b, c])).toBe(0);
  expect(shift([], [a])).toBe(0);
  expect(shift([a], [e])).toBe(0);
});
