"use client";

import { ChevronRight, File, FilePlus, FolderOpen, Folder as FolderIcon, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";

import type { TreeRow } from "./file-tree";
import { PathDialog } from "./path-dialog";
import { folderOf, useTreeKeys } from "./use-tree-keys";
import type { Workspace, WorkspaceView } from "./workspace";

type Asking = { what: "create" | "rename" | "remove"; path: string } | null;

export interface FileListProps {
  workspace: Workspace;
  view: WorkspaceView;
  readOnly: boolean;
  onOpen: (path: string) => void;
}

/** The files as a tree, with what can be done to them. */
export function FileList({ workspace, view, readOnly, onOpen }: FileListProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const rename = (path: string) => setAsking({ what: "rename", path });
  const remove = (path: string) => setAsking({ what: "remove", path });
  const { tree, rows, selected, press, onKeyDown, onFocus } = useTreeKeys(view.paths, view.active, { onOpen, ...(!readOnly && { onRename: rename, onRemove: remove }) });
  const icon = "size-3.5";
  return (
    <div className="flex min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center justify-between border-b pr-1 pl-3 pointer-coarse:h-10">
        <h2 className="text-xs font-medium text-ink-3">Files</h2>
        {!readOnly && (
          <div className="flex">
            <Button variant="ghost" size="icon-sm" aria-label="New file" title="New file" icon={<FilePlus aria-hidden className={icon} />} onClick={() => setAsking({ what: "create", path: suggestion(selected) })} />
            <Button variant="ghost" size="icon-sm" aria-label="Rename" title="Rename (F2)" disabled={!selected} icon={<Pencil aria-hidden className={icon} />} onClick={() => selected && rename(selected.path)} />
            <Button variant="ghost" size="icon-sm" aria-label="Delete" title="Delete" disabled={!selected} icon={<Trash2 aria-hidden className={icon} />} onClick={() => selected && remove(selected.path)} />
          </div>
        )}
      </div>
      <ul ref={tree} role="tree" aria-label="Files" onKeyDown={onKeyDown} className="min-h-0 grow overflow-auto py-1">
        {rows.map((row) => (
          <Row key={row.path} row={row} here={row.path === view.active} focusable={row === selected} unsaved={view.unsaved.has(row.path)} onFocus={() => onFocus(row.path)} onPress={() => press(row)} />
        ))}
      </ul>
      <Question asking={asking} workspace={workspace} view={view} onClose={() => setAsking(null)} />
    </div>
  );
}

interface QuestionProps {
  asking: Asking;
  workspace: Workspace;
  view: WorkspaceView;
  onClose: () => void;
}

/** Asks for a path, or whether to delete. */
function Question({ asking, workspace, view, onClose }: QuestionProps) {
  if (asking?.what === "create") {
    return <PathDialog title="New file" path={asking.path} others={view.paths} action="Create" onClose={onClose} onPath={(path) => workspace.create(path)} />;
  }
  if (asking?.what === "rename") {
    const others = view.paths.filter((path) => path !== asking.path && !path.startsWith(`${asking.path}/`));
    return <PathDialog title={`Rename ${asking.path}`} path={asking.path} others={others} action="Rename" onClose={onClose} onPath={(path) => workspace.rename(asking.path, path)} />;
  }
  return (
    <ConfirmDialog
      open={asking !== null}
      onOpenChange={onClose}
      title={`Delete ${asking?.path ?? ""}?`}
      description="It is gone from the function with the next version you save. Earlier versions keep it."
      confirmLabel="Delete"
      danger
      onConfirm={async () => asking && workspace.remove(asking.path)}
    />
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

/** A new file goes beside what is selected. */
function suggestion(row: TreeRow | undefined): string {
  if (!row) return "";
  const folder = row.folder ? row.path : folderOf(row.path);
  return folder === "" ? "" : `${folder}/`;
}
