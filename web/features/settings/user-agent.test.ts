import { describe, expect, it } from "vitest";

import { readUserAgent } from "./user-agent";

const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

describe("readUserAgent", () => {
  it.each([
    [chrome, "Chrome 131", "Linux"],
    [`${chrome} Edg/131.0.2903.51`, "Edge 131", "Linux"],
    [`${chrome} OPR/116.0.0.0`, "Opera 116", "Linux"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari 18", "macOS"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome 131", "iOS"],
    ["Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", "Samsung Internet 26", "Android"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox 133", "Windows"],
    ["volt/1.4.0", "volt 1.4.0", null],
    ["curl/8.11.0", "curl 8.11.0", null],
  ])("%s", (agent, program, system) => {
    expect(readUserAgent(agent)).toEqual({ program, system });
  });

  it("shows what it does not know as it is, cut", () => {
    expect(readUserAgent("  ")).toBeNull();
    expect(readUserAgent("something else entirely")).toEqual({ program: "something else entirely", system: null });
    expect(readUserAgent("x".repeat(500))?.program).toHaveLength(61);
  });
});
