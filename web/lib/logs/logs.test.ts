import { describe, expect, it } from "vitest";

import { asText, read, type LogEntry } from "./entry";
import { holds, nothingTaken, passes, take } from "./filter";

const entry = (text: string, seq = 1): LogEntry => ({ seq, time: "2026-01-01T00:00:00.000Z", stream: "stdout", text });

describe("the level of a line", () => {
  it.each([
    ['{"level":"error","msg":"x"}', "error"],
    ['{"severity":"WARNING"}', "warn"],
    ['{"level":30,"msg":"pino"}', "info"],
    ['{"level":60}', "error"],
    ['{"message":"ERROR in a value"}', null],
    ["[ERROR] no", "error"],
    ["[warn] careful", "warn"],
    ["ERROR something", "error"],
    ["2026-01-01T10:00:00.123Z INFO started", "info"],
    ["2026-01-01 10:00:00,123 - DEBUG - x", "debug"],
    ["ts=1 level=warn msg=x", "warn"],
    ["error: no such file", "error"],
    ["\x1b[33mWARN\x1b[39m colours do not hide it", "warn"],
    ["an error happened", null],
    ["INFORMATION is not a level", null],
    ["the terror [of it]", null],
    ["", null],
  ])("of %j is %s", (text, level) => {
    expect(read(entry(text)).level).toBe(level);
  });
});

describe("a line", () => {
  it("is JSON when it is a whole object or array", () => {
    expect(read(entry('  {"a":1}')).json).toBe(true);
    expect(read(entry("[1,2]")).json).toBe(true);
    expect(read(entry("[ERROR] x")).json).toBe(false);
    expect(read(entry("12")).json).toBe(false);
    expect(read(entry("null")).json).toBe(false);
  });

  it("is searched without its colour codes and in any case", () => {
    expect(holds(entry("Pay\x1b[31mMent\x1b[0m"), "payment")).toBe(true);
  });

  it("is filtered by level and stream", () => {
    expect(passes(entry("[ERROR] x"), { levels: ["error"], stream: null })).toBe(true);
    expect(passes(entry("x"), { levels: ["error"], stream: null })).toBe(false);
    expect(passes(entry("x"), { levels: ["none", "error"], stream: null })).toBe(true);
    expect(passes(entry("x"), { levels: [], stream: "stderr" })).toBe(false);
  });

  it("is saved with what was dropped after it", () => {
    expect(asText([{ ...entry("a\x1b[0m"), note: "1 KB dropped" }])).toBe("2026-01-01T00:00:00.000Z stdout a\n--- 1 KB dropped\n");
  });
});

describe("taking lines of a log that grows", () => {
  it("looks at each line once", () => {
    const lines = Array.from({ length: 100 }, (_, i) => entry(`line ${i}`, i + 1));
    let looked = 0;
    const test = (e: LogEntry) => {
      looked++;
      return e.seq % 10 === 0;
    };
    let taken = take(nothingTaken, lines.slice(0, 60), test);
    taken = take(taken, lines, test);
    expect(looked).toBe(100);
    expect(taken.indices).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
    expect(taken.entries.map((e) => e.seq)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });

  it("starts over when lines were added before or others were given", () => {
    const lines = [entry("b", 2), entry("c", 3)];
    const taken = take(nothingTaken, lines, () => true);
    expect(take(taken, [entry("a", 1), ...lines], () => true).entries).toHaveLength(3);
    expect(take(taken, [entry("z", 9)], () => true).entries.map((e) => e.text)).toEqual(["z"]);
  });
});
