// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { describe, expect, it } from "vitest";

const root = import.meta.dirname;

interface Source {
  path: string;
  text: string;
  imports: string[];
}

function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
      .map((file) => {
        const path = join(folder, file);
        const text = readFileSync(join(root, path), "utf8");
        return { path: path.split(sep).join("/"), text, imports: importsOf(path, text) };
      }),
  );
}

/** What a file imports, as paths from the root: "features/logs/toolbar". Packages stay as they are. */
function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, target = ""]) => {
    if (target.startsWith("@/")) return target.slice(2);
    if (target.startsWith(".")) return relative(root, join(root, path, "..", target)).split(sep).join("/");
    return target;
  });
}

/** Which rooms each room may use. */
const allowed: Record<string, string[]> = {
  app: ["app", "features", "components", "lib"],
  features: ["features", "components", "lib"],
  components: ["components", "lib"],
  lib: ["lib"],
};

const files = sources("app", "features", "components", "lib");

/** The code alone: what a comment says in words is no code, and neither are types that the editor is given as a text. */
const code = files
  .filter(({ path }) => path !== "components/editor/node-types.ts")
  .map(({ path, text }) => ({ path, text: text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "") }));

describe("the layout of the dashboard", () => {
  it("has rooms that use only what lies below them", () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const room = path.split("/")[0] ?? "";
      return imports
        .filter((target) => (target.split("/")[0] ?? "") in allowed && !allowed[room]?.includes(target.split("/")[0] ?? ""))
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("has features that do not know each other", () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const [room, feature] = path.split("/");
      if (room !== "features") return [];
      return imports.filter((t) => t.startsWith("features/") && t.split("/")[1] !== feature).map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("has primitives that know nothing of the API", () => {
    const wrong = files
      .filter(({ path }) => path.startsWith("components/ui/"))
      .flatMap(({ path, imports }) => imports.filter((t) => t.startsWith("lib/data") || t === "lib/api/client").map((t) => `${path} imports ${t}`));
    expect(wrong).toEqual([]);
  });

  it("has pages that only put things together", () => {
    const long = files.filter(({ path, text }) => /(^|\/)page\.tsx$/.test(path) && text.trimEnd().split("\n").length > 40).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it("asks the server through the client and the session only", () => {
    const wrong = code
      .filter(({ path, text }) => /\bfetch\(/.test(text) && !["lib/api/client.ts", "lib/session.ts"].includes(path) && !path.includes(".test."))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it("names no colour outside the tokens", () => {
    const wrong = files
      .filter(({ path }) => path.endsWith(".tsx"))
      .flatMap(({ path, text }) => [...text.matchAll(/\b(?:bg|text|border|fill|stroke)-(?:\[#|(?:red|green|blue|gray|zinc|neutral|yellow|lime|amber|slate|white|black)\b)[\w-]*/g)].map((m) => `${path}: ${m[0]}`));
    expect(wrong).toEqual([]);
  });

  it("keeps types and errors strict", () => {
    const wrong = code.flatMap(({ path, text }) =>
      [...text.matchAll(/(?::|as|<)\s*any\b/g)].map((m) => `${path}: ${m[0]}`),
    );
    const silenced = files.filter(({ text }) => /@ts-ignore|@ts-nocheck|eslint-disable/.test(text)).map(({ path }) => path);
    expect([...wrong, ...silenced]).toEqual([]);
  });
});
