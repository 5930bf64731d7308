import { describe, expect, it } from "vitest";

import type { Execution, FoundLine, LogPage, StreamEvent } from "@/lib/api/types";

import { keyOf } from "./entry";
import { emptyFeed, mostEntries, pause, resume, takeLive, takeMissed, takeOlder, type Feed, type FeedFilter } from "./feed";

const all: FeedFilter = { functionId: null, q: "", stream: null };
const origin = (id: string) => ({ execution_id: id, function_id: "fn_1", function_name: "f" });
const log = (id: string, seq: number, text = "text", stream: "stdout" | "stderr" = "stdout"): StreamEvent => ({ ...origin(id), type: "log", seq, time: "2026-01-01T00:00:00.000Z", stream, text });
const end = (id: string, bytes: number): StreamEvent => ({ ...origin(id), type: "end", execution: { id, status: "success", logs_truncated_bytes: bytes } as Execution });
const found = (id: string, seq: number): FoundLine => ({ ...origin(id), version: 1, seq, time: "2026-01-01T00:00:00.000Z", stream: "stdout", text: "text", partial: false, status: "success" });
const page = (items: FoundLine[], more: Partial<LogPage> = {}): LogPage => ({ items, next_page_token: "", searched_until: null, truncated: [], ...more });
const lines = (feed: Feed) => feed.entries.map(keyOf);

describe("a feed of many logs", () => {
  it("joins what is stored and what is told without gap or duplicate", () => {
    let feed = takeLive(emptyFeed, [log("b", 3), log("b", 4), log("c", 1)], all);
    feed = takeOlder(feed, page([found("c", 1), found("b", 4), found("b", 3), found("b", 2), found("b", 1), found("a", 2)], { next_page_token: "x" }));
    feed = takeOlder(feed, page([found("a", 1)]));
    feed = takeLive(feed, [log("b", 4), log("b", 5), log("c", 1)], all);
    expect(lines(feed)).toEqual(["a/1", "a/2", "b/1", "b/2", "b/3", "b/4", "c/1", "b/5"]);
  });

  it("keeps to its filter, and knows a line that it left out", () => {
    const errors: FeedFilter = { ...all, q: "FAIL", stream: "stderr" };
    const feed = takeLive(emptyFeed, [log("a", 1, "fail"), log("a", 2, "did fail", "stderr"), log("a", 3, "fine", "stderr")], errors);
    expect(lines(feed)).toEqual(["a/2"]);
    expect(lines(takeLive(feed, [log("a", 2, "did fail", "stderr")], errors))).toEqual(["a/2"]);
  });

  it("lets lines wait while it is paused", () => {
    let feed = takeLive(pause(takeLive(emptyFeed, [log("a", 1)], all)), [log("a", 2), log("a", 3)], all);
    expect([feed.entries.length, feed.waiting.length]).toEqual([1, 2]);
    feed = resume(takeLive(feed, [log("a", 3), log("a", 4)], all));
    expect(lines(feed)).toEqual(["a/1", "a/2", "a/3", "a/4"]);
    expect(feed.waiting).toEqual([]);
  });

  it("says where something was cut, once", () => {
    const live = takeLive(emptyFeed, [log("a", 1), log("b", 1), end("a", 2048)], all);
    expect(live.entries.map((entry) => entry.note !== undefined)).toEqual([true, false]);
    expect(live.entries[0]?.note).toContain("2.00 KB");
    let stored = takeOlder(emptyFeed, page([found("a", 3), found("a", 2)], { truncated: [{ execution_id: "a", bytes: 10 }] }));
    stored = takeOlder(stored, page([found("a", 1)], { truncated: [{ execution_id: "a", bytes: 10 }] }));
    expect(stored.entries.map((entry) => entry.note !== undefined)).toEqual([false, false, true]);
  });

  it("fills in what a lost stream missed, and says so where that does not reach", () => {
    const feed = takeLive(emptyFeed, [log("a", 1), log("a", 2)], all);
    const filled = takeMissed(feed, page([found("b", 1), found("a", 3), found("a", 2)], { next_page_token: "more" }));
    expect(lines(filled)).toEqual(["a/1", "a/2", "a/3", "b/1"]);
    expect(filled.entries.every((entry) => entry.note === undefined)).toBe(true);
    const torn = takeMissed(feed, page([found("c", 2), found("c", 1)], { next_page_token: "more" }));
    expect(lines(torn)).toEqual(["a/1", "a/2", "c/1", "c/2"]);
    expect(torn.entries[1]?.note).toContain("may be missing");
  });

  it("stays bounded and says that it dropped the oldest", { timeout: 30_000 }, () => {
    let feed = emptyFeed;
    for (let i = 0; i < 12; i++) feed = takeLive(feed, Array.from({ length: 5000 }, (_, n) => log(`e${i}`, n + 1)), all);
    expect(feed.entries.length).toBeLessThanOrEqual(mostEntries);
    expect(feed.trimmed).toBe(true);
    expect(lines(feed).at(-1)).toBe("e11/5000");
    expect(feed.known.has("e0")).toBe(false);
  });
});
