import type { Files } from "./workspace";

export interface Change {
  path: string;
  kind: "added" | "changed" | "removed";
  before: string;
  after: string;
}

/** What differs between two sets of files, by path. */
export function changesBetween(before: Files, after: Files): Change[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path): Change[] => {
    const old = before[path];
    const text = after[path];
    if (old === text) return [];
    const kind = old === undefined ? "added" : text === undefined ? "removed" : "changed";
    return [{ path, kind, before: old ?? "", after: text ?? "" }];
  });
}
