"use client";

import { useRef, useState, type KeyboardEvent } from "react";

import { treeRows, type TreeRow } from "./file-tree";

export interface TreeActions {
  onOpen: (path: string) => void;
  /** Left out where nothing may be changed. */
  onRename?: (path: string) => void;
  onRemove?: (path: string) => void;
}

/** Which folders are closed, which row has the focus, and the keys of a tree: arrows move and unfold, Enter opens, F2 renames, Delete removes. */
export function useTreeKeys(paths: readonly string[], active: string | null, { onOpen, onRename, onRemove }: TreeActions) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const rows = treeRows(paths, closed);
  const found = rows.findIndex((row) => row.path === (focused ?? active));
  const at = Math.max(0, found);
  const selected = rows[at];

  const fold = ({ path, expanded }: TreeRow) => {
    const next = new Set(closed);
    if (expanded) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  const press = (row: TreeRow) => (row.folder ? fold(row) : onOpen(row.path));
  const focus = (row: TreeRow | undefined) => {
    if (!row) return;
    setFocused(row.path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!selected || event.altKey || event.ctrlKey || event.metaKey) return;
    const { path, folder, expanded } = selected;
    const actions: Record<string, (() => void) | undefined> = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (folder && !expanded ? fold(selected) : focus(rows[at + 1])),
      ArrowLeft: () => (folder && expanded ? fold(selected) : focus(rows.find((row) => row.path === folderOf(path)))),
      Enter: () => press(selected),
      " ": () => press(selected),
      F2: onRename && (() => onRename(path)),
      Delete: onRemove && (() => onRemove(path)),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return { tree, rows, selected, press, onKeyDown, onFocus: setFocused };
}

/** The folder that holds the path; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
