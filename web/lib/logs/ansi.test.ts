import { describe, expect, it } from "vitest";

import { hasControl, parseAnsi, stripAnsi } from "./ansi";

const esc = "\x1b";

describe("colour codes of a terminal", () => {
  it("become classes, and end where they are reset", () => {
    expect(parseAnsi(`plain ${esc}[31mred ${esc}[1mbold${esc}[0m end`)).toEqual([
      { text: "plain ", className: "" },
      { text: "red ", className: "text-failure" },
      { text: "bold", className: "text-failure font-semibold" },
      { text: " end", className: "" },
    ]);
  });

  it("are found at the beginning also after it was asked whether there are any", () => {
    const text = `${esc}[32mok${esc}[0m`;
    expect(hasControl(text)).toBe(true);
    expect(parseAnsi(text)).toEqual([{ text: "ok", className: "text-success" }]);
    expect(hasControl("a\tb\n")).toBe(false);
  });

  it("of 256 and of all colours come to the nearest of eight", () => {
    expect(parseAnsi(`${esc}[38;5;196ma${esc}[38;2;0;200;0mb${esc}[38;5;244mc`).map((s) => s.className)).toEqual(["text-failure", "text-success", "text-ink"]);
    expect(parseAnsi(`${esc}[38;2;10;20;250;1mx`)[0]?.className).toBe("text-ansi-blue font-semibold");
  });

  it("leave nothing of what moves the cursor, sets titles, links or rings the bell", () => {
    const text = `a${esc}[2Jb${esc}]0;title\x07c${esc}]8;;javascript:alert(1)${esc}\\link${esc}]8;;${esc}\\\x08\x07d\r${esc}`;
    expect(stripAnsi(text)).toBe("abclinkd");
  });

  it("keep markup as text", () => {
    expect(parseAnsi("<img src=x onerror=alert(1)>")).toEqual([{ text: "<img src=x onerror=alert(1)>", className: "" }]);
  });

  it("join to the stripped text, whatever comes", () => {
    let state = 7;
    const next = (n: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
    const pieces = [esc, "[", "3", "1", "m", ";", "38", "]", "\x07", "a", "é", "\\", "0", "K", " ", "\n", "\x00"];
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join("");
      expect(parseAnsi(text).map((s) => s.text).join("")).toBe(stripAnsi(text));
      expect(stripAnsi(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
    }
  });
});
