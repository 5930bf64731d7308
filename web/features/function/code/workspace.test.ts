import { describe, expect, it, vi } from "vitest";

import { changesBetween } from "./changes";
import { filesOf, Workspace } from "./workspace";

const base = { "index.mjs": "a", "lib/one.mjs": "b", "lib/deep/two.mjs": "c" };
const made = (single: string | null = null) => new Workspace(3, base, single);

describe("Workspace", () => {
  it("begins with the entry file open and nothing unsaved", () => {
    expect(made().view()).toMatchObject({ version: 3, active: "index.mjs", open: ["index.mjs"], changed: false });
    expect(made().view().paths).toEqual(["index.mjs", "lib/deep/two.mjs", "lib/one.mjs"]);
  });

  it("marks what is unsaved, and not what was typed back", () => {
    const workspace = made();
    workspace.edit("index.mjs", "a2");
    expect([...workspace.view().unsaved]).toEqual(["index.mjs"]);
    workspace.edit("index.mjs", "a");
    expect(workspace.view().changed).toBe(false);
  });

  it("keeps its view while typing goes on in a file that is unsaved already", () => {
    const workspace = made();
    workspace.edit("index.mjs", "a2");
    const view = workspace.view();
    const told = vi.fn();
    workspace.subscribe(told);
    workspace.edit("index.mjs", "a3");
    expect(workspace.view()).toBe(view);
    expect(told).toHaveBeenCalled();
    expect(workspace.text("index.mjs")).toBe("a3");
  });

  it("renames folders with what is in them, and keeps them open", () => {
    const workspace = made();
    workspace.open("lib/deep/two.mjs");
    workspace.rename("lib", "src");
    expect(workspace.view()).toMatchObject({ active: "src/deep/two.mjs", open: ["index.mjs", "src/deep/two.mjs"], changed: true });
    expect(workspace.files()).toEqual({ "index.mjs": "a", "src/one.mjs": "b", "src/deep/two.mjs": "c" });
  });

  it("removes folders, and shows the neighbour of a tab that closes", () => {
    const workspace = made();
    workspace.open("lib/one.mjs");
    workspace.open("lib/deep/two.mjs");
    workspace.close("lib/one.mjs");
    expect(workspace.view()).toMatchObject({ active: "lib/deep/two.mjs", open: ["index.mjs", "lib/deep/two.mjs"] });
    workspace.remove("lib");
    expect(workspace.view()).toMatchObject({ active: "index.mjs", open: ["index.mjs"], paths: ["index.mjs"], changed: true });
    expect(workspace.view().unsaved.size).toBe(0);
    workspace.remove("index.mjs");
    expect(workspace.view()).toMatchObject({ active: null, open: [] });
  });

  it("takes over the files of a draft", () => {
    const workspace = made();
    workspace.open("lib/one.mjs");
    workspace.replace({ "index.mjs": "x", "new.mjs": "y" });
    expect(workspace.view()).toMatchObject({ active: "index.mjs", open: ["index.mjs"], changed: true, revision: 1 });
    expect(changesBetween(workspace.base(), workspace.files()).map(({ path, kind }) => [path, kind])).toEqual([
      ["index.mjs", "changed"],
      ["lib/deep/two.mjs", "removed"],
      ["lib/one.mjs", "removed"],
      ["new.mjs", "added"],
    ]);
  });

  it("goes on with edits made while it was being saved", () => {
    const workspace = made();
    workspace.edit("index.mjs", "saved");
    const saved = workspace.files();
    workspace.edit("index.mjs", "typed meanwhile");
    workspace.rebase(4, saved, null, true);
    expect(workspace.view()).toMatchObject({ version: 4, changed: true });
    expect(workspace.text("index.mjs")).toBe("typed meanwhile");
  });

  it("sends a single file back as code until it is renamed or joined by another", () => {
    const workspace = new Workspace(1, { "index.mjs": "a" }, "index.mjs");
    expect(workspace.body()).toEqual({ code: "a" });
    workspace.create("lib.mjs");
    expect(workspace.body()).toEqual({ files: { "index.mjs": "a", "lib.mjs": "" } });
    workspace.remove("lib.mjs");
    workspace.rename("index.mjs", "main.mjs");
    expect(workspace.body()).toEqual({ files: { "main.mjs": "a" } });
  });
});

describe("filesOf", () => {
  it.each([
    ["nodejs22", "index.handler", "exports.handler = () => 1", "index.js"],
    ["nodejs", "src/app.main", "export const main = 1", "src/app.mjs"],
    ["python", "app.main.handler", "def handler(e, c): pass", "app/main.py"],
  ])("names the code of %s with handler %s", (runtime, handler, code, path) => {
    expect(filesOf({ runtime, handler, code })).toEqual({ files: { [path]: code }, single: path });
  });

  it("leaves files as they are", () => {
    expect(filesOf({ runtime: "nodejs", handler: "x.y", files: base })).toEqual({ files: base, single: null });
  });
});
