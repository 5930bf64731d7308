import { describe, expect, it } from "vitest";

import { changeOf, newRow, problemsOf, rowsOf, withValues } from "./rows";

const fn = { env: { B: "2", A: "1" }, secret_names: ["KEY"] };
const edit = (name: string, change: object) => rowsOf(fn).map((row) => (row.name === name ? { ...row, ...change } : row));

describe("environment rows", () => {
  it("shows variables by name, then secrets without a value", () => {
    expect(rowsOf(fn).map(({ kind, name, value, stored }) => [kind, name, value, stored])).toEqual([
      ["variable", "A", "1", false],
      ["variable", "B", "2", false],
      ["secret", "KEY", "", true],
    ]);
  });

  it("sends nothing when nothing changed", () => {
    expect(changeOf(fn, rowsOf(fn))).toBeNull();
    expect(changeOf(fn, [...rowsOf(fn), newRow("variable"), newRow("secret")])).toBeNull();
  });

  it("sends all variables when one changed, and no secret", () => {
    expect(changeOf(fn, edit("A", { value: "9" }))).toEqual({ env: { A: "9", B: "2" } });
    expect(changeOf(fn, edit("A", { removed: true }))).toEqual({ env: { B: "2" } });
  });

  it("sends secrets by name: set, replaced or emptied to be removed", () => {
    expect(changeOf(fn, [...edit("KEY", { replacing: true, value: "new" }), newRow("secret", "OTHER", "x")])).toEqual({ secrets: { KEY: "new", OTHER: "x" } });
    expect(changeOf(fn, edit("KEY", { removed: true }))).toEqual({ secrets: { KEY: "" } });
  });

  it("lets a secret be removed and set anew at once", () => {
    expect(changeOf(fn, [...edit("KEY", { removed: true }), newRow("secret", "KEY", "x")])).toEqual({ secrets: { KEY: "x" } });
  });

  it("finds names that clash and secrets without a value", () => {
    const rows = [...rowsOf(fn), newRow("variable", "KEY", "x"), newRow("variable", "", "y"), newRow("secret", "NEW", "")];
    expect([...problemsOf(rows).values()]).toEqual([expect.stringContaining("another KEY"), "Type a name.", expect.stringContaining("Type a value")]);
    expect(problemsOf(edit("KEY", { removed: true }).concat(newRow("variable", "KEY", "x"))).size).toBe(0);
  });

  it("takes over pasted values", () => {
    const rows = withValues([...rowsOf(fn), newRow("variable")], "variable", new Map([["A", "5"], ["C", "3"]]));
    expect(changeOf(fn, rows)).toEqual({ env: { A: "5", B: "2", C: "3" } });
    const secrets = withValues(rowsOf(fn), "secret", new Map([["KEY", "s"]]));
    expect(changeOf(fn, secrets)).toEqual({ secrets: { KEY: "s" } });
  });
});
