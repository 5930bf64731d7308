import { beforeEach, describe, expect, it, vi } from "vitest";

import { dropDraft, dropDrafts, findDraft, keepDraft } from "./drafts";

describe("drafts", () => {
  beforeEach(() => {
    localStorage.clear();
    vi.useRealTimers();
  });

  it("finds the newest of a function, and none of another", () => {
    vi.useFakeTimers({ now: 1000 });
    keepDraft("fn_a", 1, { "a.js": "old" });
    vi.setSystemTime(2000);
    keepDraft("fn_a", 3, { "a.js": "new" });
    keepDraft("fn_ab", 1, { "a.js": "other" });
    expect(findDraft("fn_a")).toEqual({ version: 3, files: { "a.js": "new" }, at: "1970-01-01T00:00:02.000Z" });
    dropDraft("fn_a", 3);
    expect(findDraft("fn_a")).toMatchObject({ version: 1 });
    dropDrafts("fn_a");
    expect(findDraft("fn_a")).toBeNull();
    expect(findDraft("fn_ab")).not.toBeNull();
  });

  it.each(["", "null", "{", '{"version":1}', '{"version":1,"at":"x","files":{"a.js":1}}'])("leaves %j alone", (text) => {
    localStorage.setItem("voltrun.draft.fn_a.1", text);
    expect(findDraft("fn_a")).toBeNull();
  });
});
