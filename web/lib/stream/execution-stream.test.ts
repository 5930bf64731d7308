import { describe, expect, it } from "vitest";

import type { Execution, StreamEvent } from "@/lib/api/types";

import { follow, mergeLines, nothingFollowed } from "./execution-stream";

const origin = { execution_id: "exe_1", function_id: "fn_1", function_name: "f" };
const log = (seq: number): StreamEvent => ({ ...origin, type: "log", seq, time: "2026-01-01T00:00:00.000Z", stream: "stdout", text: `line ${seq}` });
const status = (value: "pending" | "running"): StreamEvent => ({ ...origin, type: "status", status: value });
const end: StreamEvent = { ...origin, type: "end", execution: { id: "exe_1", status: "failed" } as Execution };

/** A small generator of repeatable numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("following an execution", () => {
  it("keeps every line once and in order, however batches are shuffled, repeated and overlapping", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = numbers(seed);
      const count = 1 + Math.floor(random() * 60);
      const events = Array.from({ length: count }, (_, i) => log(i + 1));
      const sent = [...events, ...events.filter(() => random() < 0.4)]
        .map((event) => ({ event, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ event }) => event);
      let state = nothingFollowed;
      for (let i = 0; i < sent.length; ) {
        const size = 1 + Math.floor(random() * 9);
        state = follow(state, sent.slice(i, i + size));
        i += size;
      }
      expect(state.lines.map((line) => line.seq)).toEqual(events.map((event) => event.seq));
    }
  });

  it("stays ended when an older connection is heard late", () => {
    const state = [[status("pending")], [status("running"), log(1)], [end], [status("running"), log(1), end]].reduce(follow, nothingFollowed);
    expect(state.status).toBe("failed");
    expect(state.lines).toHaveLength(1);
  });

  it("returns the very same lines when nothing is new, so that nothing is drawn again", () => {
    const state = follow(nothingFollowed, [log(1), log(2)]);
    expect(follow(state, [log(2), log(1)]).lines).toBe(state.lines);
    expect(mergeLines(state.lines, [])).toBe(state.lines);
  });
});
