/** One row of the tree: folders before files, each by name. */
export interface TreeRow {
  path: string;
  name: string;
  /** 1 at the top. */
  level: number;
  folder: boolean;
  expanded: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: string[];
}

/** The rows in sight of a set of paths, when the folders in `closed` hide what they hold. */
export function treeRows(paths: readonly string[], closed: ReadonlySet<string>): TreeRow[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const path of paths) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    let at = root;
    for (const part of parts) {
      let next = at.folders.get(part);
      if (!next) at.folders.set(part, (next = { folders: new Map(), files: [] }));
      at = next;
    }
    at.files.push(name);
  }
  return rowsOf(root, "", 1, closed);
}

function rowsOf(folder: Folder, prefix: string, level: number, closed: ReadonlySet<string>): TreeRow[] {
  const byName = (a: string, b: string) => a.localeCompare(b, "en");
  const rows: TreeRow[] = [];
  for (const name of [...folder.folders.keys()].sort(byName)) {
    const path = prefix + name;
    const expanded = !closed.has(path);
    rows.push({ path, name, level, folder: true, expanded });
    const inner = folder.folders.get(name);
    if (expanded && inner) rows.push(...rowsOf(inner, `${path}/`, level + 1, closed));
  }
  for (const name of [...folder.files].sort(byName)) rows.push({ path: prefix + name, name, level, folder: false, expanded: false });
  return rows;
}
