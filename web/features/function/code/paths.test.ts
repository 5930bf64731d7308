import { describe, expect, it } from "vitest";

import { treeRows } from "./file-tree";
import { pathProblem } from "./paths";

describe("pathProblem", () => {
  const others = ["index.mjs", "lib/dates.mjs"];

  it.each(["a.js", "lib/other.mjs", "lib/deep/er.py", ".env.example"])("takes %s", (path) => {
    expect(pathProblem(path, others)).toBeNull();
  });

  it.each([
    ["", "Type a name"],
    ["/a.js", "leading /"],
    ["a\\b.js", "not by \\"],
    ["lib/", "must be a name"],
    ["lib//a.js", "must be a name"],
    ["../a.js", "must be a name"],
    ["a\u0007.js", "control"],
    ["é".repeat(128), "255 bytes"],
    ["index.mjs", "is a file of this name"],
    ["Index.mjs", "upper and lower case"],
    ["lib", "is a folder"],
    ["index.mjs/a.js", "cannot hold others"],
  ])("refuses %j", (path, message) => {
    expect(pathProblem(path, others)).toContain(message);
  });
});

describe("treeRows", () => {
  const paths = ["README.md", "index.mjs", "lib/b.mjs", "lib/a.mjs", "lib/deep/c.mjs"];
  const shown = (closed: string[] = []) => treeRows(paths, new Set(closed)).map(({ path, level }) => `${level} ${path}`);

  it("puts folders before files", () => {
    expect(shown()).toEqual(["1 lib", "2 lib/deep", "3 lib/deep/c.mjs", "2 lib/a.mjs", "2 lib/b.mjs", "1 index.mjs", "1 README.md"]);
  });

  it("hides what closed folders hold", () => {
    expect(shown(["lib/deep"])).toContain("2 lib/deep");
    expect(shown(["lib/deep"])).not.toContain("3 lib/deep/c.mjs");
    expect(shown(["lib"])).toEqual(["1 lib", "1 index.mjs", "1 README.md"]);
  });
});
