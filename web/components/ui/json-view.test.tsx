import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { jsonLimits, readJson } from "./json-tree";
import { JsonView } from "./json-view";

describe("readJson", () => {
  it("keeps numbers and escapes as they were written", () => {
    const tree = readJson('{"id": 12345678901234567890, "x": 1.0, "s": "a\\u00e9\\n", "n": [null, true, -0.5e-3]}');
    expect(tree).toEqual({
      nodes: 8,
      root: {
        kind: "object",
        entries: [
          { key: '"id"', value: { kind: "number", text: "12345678901234567890" } },
          { key: '"x"', value: { kind: "number", text: "1.0" } },
          { key: '"s"', value: { kind: "string", text: '"a\\u00e9\\n"' } },
          {
            key: '"n"',
            value: {
              kind: "array",
              entries: [
                { key: null, value: { kind: "word", text: "null" } },
                { key: null, value: { kind: "word", text: "true" } },
                { key: null, value: { kind: "number", text: "-0.5e-3" } },
              ],
            },
          },
        ],
      },
    });
  });

  it.each(["", "{", "[1,]", "{'a':1}", '{"a" 1}', '{"a":1,}', "01", "1 2", "nul", '"a\nb"', "]", ":", "[1 2]", '{"a":}'])("refuses %j, which is no JSON", (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(readJson(text)).toEqual({ refused: "invalid" });
  });

  it("refuses too many values, too much text and too much depth", () => {
    const list = (n: number) => `[${Array(n).fill("0").join(",")}]`;
    expect(readJson(list(jsonLimits.nodes - 1))).toHaveProperty("root");
    expect(readJson(list(jsonLimits.nodes))).toEqual({ refused: "large" });
    const string = (n: number) => `"${"a".repeat(n - 2)}"`;
    expect(readJson(string(jsonLimits.chars))).toHaveProperty("root");
    expect(readJson(string(jsonLimits.chars + 1))).toEqual({ refused: "large" });
    const nested = (n: number) => "[".repeat(n) + "]".repeat(n);
    expect(readJson(nested(jsonLimits.depth))).toHaveProperty("root");
    expect(readJson(nested(100_000))).toEqual({ refused: "large" });
  });
});

describe("JsonView", () => {
  it("folds and unfolds", async () => {
    const user = userEvent.setup();
    render(<JsonView label="Output" value={{ items: ["first", 2] }} />);
    const output = screen.getByRole("group", { name: "Output" });
    expect(output.textContent).toBe('{"items": ["first",2]}');
    await user.click(screen.getByRole("button", { name: '"items", 2 items' }));
    expect(output.textContent).toBe('{"items": [ 2 ]}');
    await user.click(screen.getByRole("button", { name: '"items", 2 items' }));
    expect(output.textContent).toContain("first");
  });

  it("shows the raw text as it came", async () => {
    const user = userEvent.setup();
    const raw = '{ "a":1 }';
    render(<JsonView label="Output" raw={raw} />);
    await user.click(screen.getByRole("radio", { name: "Raw" }));
    expect(screen.getByRole("group", { name: "Output" }).textContent).toBe(raw);
  });

  it("puts a long list on the page bit by bit", async () => {
    const user = userEvent.setup();
    render(<JsonView label="Output" value={Array.from({ length: 250 }, (_, i) => `item ${i}`)} />);
    expect(screen.queryByText('"item 100"')).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show 100 more of 250" }));
    expect(screen.getByText('"item 100"')).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Show 50 more of 250" }));
    expect(screen.getByText('"item 249"')).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Show/ })).toBeNull();
  });

  it("offers what is too large as text, bounded", async () => {
    const user = userEvent.setup();
    render(<JsonView label="Output" raw={`"${"a".repeat(jsonLimits.chars)}"`} />);
    const output = screen.getByRole("group", { name: "Output" });
    expect(output.textContent).toContain("Too large");
    expect(screen.getByRole("button", { name: "Download Output" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Show raw" }));
    expect(output.querySelector("pre")?.textContent).toHaveLength(jsonLimits.chars);
    expect(output.textContent).toContain("2 more characters");
  });

  it("shows text that is no JSON as text", () => {
    render(<JsonView label="Output" raw="plain words" />);
    expect(screen.getByRole("group", { name: "Output" }).textContent).toBe("plain words");
  });
});
