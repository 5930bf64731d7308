import { describe, expect, it } from "vitest";

import { jsonLines } from "./json";
import { diffLines, type DiffLine } from "./lines";

const left = (diff: DiffLine[]) => diff.filter((line) => line.kind !== "added").map((line) => line.text);
const right = (diff: DiffLine[]) => diff.filter((line) => line.kind !== "removed").map((line) => line.text);
const edits = (diff: DiffLine[]) => diff.filter((line) => line.kind !== "same").length;

/** The least number of edits, by the table that the algorithm spares. */
function leastEdits(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      const row = table[i] ?? [];
      if (i === a.length || j === b.length) row[j] = a.length - i + (b.length - j);
      else row[j] = a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) : 1 + Math.min(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table[0]?.[0] ?? 0;
}

describe("what two texts differ in", () => {
  it("gives back both texts, with the fewest edits", () => {
    let state = 11;
    const next = (n: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
    for (let round = 0; round < 400; round++) {
      const text = () => Array.from({ length: next(12) }, () => "abc".charAt(next(3)));
      const [a, b] = [text(), text()];
      const diff = diffLines(a, b);
      expect(diff).not.toBeNull();
      expect(left(diff ?? [])).toEqual(a);
      expect(right(diff ?? [])).toEqual(b);
      expect(edits(diff ?? [])).toBe(leastEdits(a, b));
    }
  });

  it("gives up where everything differs, and soon", () => {
    const a = Array.from({ length: 20_000 }, (_, i) => `a${i}`);
    const b = Array.from({ length: 20_000 }, (_, i) => `b${i}`);
    const began = performance.now();
    expect(diffLines(a, b)).toBeNull();
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it("finds one line in very many", () => {
    const a = Array.from({ length: 50_000 }, (_, i) => `line ${i}`);
    const diff = diffLines(a, a.with(25_000, "other")) ?? [];
    expect(edits(diff)).toBe(2);
  });
});

it("writes JSON so that the order of keys makes no difference", () => {
  expect(jsonLines({ b: [1, { d: 1, c: 2 }], a: null })).toEqual(jsonLines({ a: null, b: [1, { c: 2, d: 1 }] }));
  expect(jsonLines(undefined)).toEqual(["null"]);
});
