"use client";

import { ChevronRight, File, FilePlus, FolderOpen, Folder as FolderIcon, Pencil, Trash2 } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";

import { treeRows, type TreeRow } from "./file-tree";
import { PathDialog } from "./path-dialog";
import type { Workspace, WorkspaceView } from "./workspace";

type Asking = { what: "create"; path: string } | { what: "rename"; path: string } | { what: "remove"; path: string } | null;

export interface FileListProps {
  workspace: Workspace;
  view: WorkspaceView;
  readOnly: boolean;
  onOpen: (path: string) => void;
}

/** The files as a tree: arrows move and unfold, Enter opens, F2 renames, Delete removes. */
export function FileList({ workspace, view, readOnly, onOpen }: FileListProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const rows = treeRows(view.paths, closed);
  const at = Math.max(0, rows.findIndex((row) => row.path === (focused ?? view.active)));
  const selected = rows[at];

  const fold = (path: string, close: boolean) => {
    const next = new Set(closed);
    if (close) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  const focus = (row: TreeRow | undefined) => {
    if (!row) return;
    setFocused(row.path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (!selected || event.altKey || event.ctrlKey || event.metaKey) return;
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (selected.folder && !selected.expanded ? fold(selected.path, false) : focus(rows[at + 1])),
      ArrowLeft: () => (selected.folder && selected.expanded ? fold(selected.path, true) : focus(rows.find((row) => row.path === folderOf(selected.path)))),
      Enter: () => (selected.folder ? fold(selected.path, selected.expanded) : onOpen(selected.path)),
      ...(!readOnly && { F2: () => setAsking({ what: "rename", path: selected.path }), Delete: () => setAsking({ what: "remove", path: selected.path }) }),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return (
    <div className="flex min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center justify-between border-b pr-1 pl-3">
        <h2 className="text-xs font-medium text-ink-3">Files</h2>
        {!readOnly && (
          <div className="flex">
            <Button variant="ghost" size="icon-sm" aria-label="New file" title="New file" icon={<FilePlus aria-hidden className="size-3.5" />} onClick={() => setAsking({ what: "create", path: suggestion(selected) })} />
            <Button variant="ghost" size="icon-sm" aria-label="Rename" title="Rename (F2)" disabled={!selected} icon={<Pencil aria-hidden className="size-3.5" />} onClick={() => selected && setAsking({ what: "rename", path: selected.path })} />
            <Button variant="ghost" size="icon-sm" aria-label="Delete" title="Delete" disabled={!selected} icon={<Trash2 aria-hidden className="size-3.5" />} onClick={() => selected && setAsking({ what: "remove", path: selected.path })} />
          </div>
        )}
      </div>
      <ul ref={tree} role="tree" aria-label="Files" onKeyDown={keys} className="min-h-0 grow overflow-auto py-1">
        {rows.map((row) => (
          <Row
            key={row.path}
            row={row}
            here={row.path === view.active}
            focusable={row === selected}
            unsaved={view.unsaved.has(row.path)}
            onFocus={() => setFocused(row.path)}
            onPress={() => (row.folder ? fold(row.path, row.expanded) : onOpen(row.path))}
          />
        ))}
      </ul>
      {asking && asking.what !== "remove" && (
        <PathDialog
          title={asking.what === "create" ? "New file" : `Rename ${asking.path}`}
          path={asking.path}
          others={asking.what === "create" ? view.paths : view.paths.filter((path) => path !== asking.path && !path.startsWith(`${asking.path}/`))}
          action={asking.what === "create" ? "Create" : "Rename"}
          onClose={() => setAsking(null)}
          onPath={(path) => (asking.what === "create" ? workspace.create(path) : workspace.rename(asking.path, path))}
        />
      )}
      <ConfirmDialog
        open={asking?.what === "remove"}
        onOpenChange={() => setAsking(null)}
        title={`Delete ${asking?.path ?? ""}?`}
        description="It is gone from the function with the next version you save. Earlier versions keep it."
        confirmLabel="Delete"
        danger
        onConfirm={async () => asking && workspace.remove(asking.path)}
      />
    </div>
  );
}

interface RowProps {
  row: TreeRow;
  here: boolean;
  focusable: boolean;
  unsaved: boolean;
  onFocus: () => void;
  onPress: () => void;
}

function Row({ row, here, focusable, unsaved, onFocus, onPress }: RowProps) {
  const Icon = row.folder ? (row.expanded ? FolderOpen : FolderIcon) : File;
  return (
    <li
      role="treeitem"
      data-path={row.path}
      aria-level={row.level}
      aria-selected={here}
      aria-expanded={row.folder ? row.expanded : undefined}
      tabIndex={focusable ? 0 : -1}
      title={row.path}
      onFocus={onFocus}
      onClick={onPress}
      style={{ paddingLeft: `${row.level * 12}px` }}
      className={cn(
        "flex h-7 cursor-pointer items-center gap-1.5 pr-3 text-sm select-none focus-visible:-outline-offset-2 pointer-coarse:h-10",
        here ? "bg-selected text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      <ChevronRight aria-hidden className={cn("size-3 shrink-0 text-ink-3", !row.folder && "invisible", row.expanded && "rotate-90")} />
      <Icon aria-hidden className="size-3.5 shrink-0 text-ink-3" />
      <span className="truncate font-mono text-xs">{row.name}</span>
      {unsaved && (
        <span className="ml-auto size-2 shrink-0 rounded-full bg-ink-2">
          <span className="sr-only">not saved</span>
        </span>
      )}
    </li>
  );
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A new file goes beside what is selected. */
function suggestion(row: TreeRow | undefined): string {
  if (!row) return "";
  const folder = row.folder ? row.path : folderOf(row.path);
  return folder === "" ? "" : `${folder}/`;
}
