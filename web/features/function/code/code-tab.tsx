"use client";

import { FilePlus, PanelLeft } from "lucide-react";
import { useState, type CSSProperties, type ReactNode } from "react";

import { CodeEditor, type Mark } from "@/components/editor/code-editor";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { cn } from "@/lib/cn";

import { ResizeHandle, useWidth } from "../resize-handle";
import { DraftBanner } from "./draft-banner";
import { EditorTabs } from "./editor-tabs";
import { FileList } from "./file-list";
import { PathDialog } from "./path-dialog";
import { useModels } from "./use-models";
import { useWorkspaceView, type Editing } from "./use-workspace";
import type { WorkspaceView } from "./workspace";

export interface CodeTabProps {
  editing: Editing;
  mark: Mark | null;
  /** The run panel. */
  children: ReactNode;
}

/** Files, editor and run panel; beside each other where there is room for it. */
export function CodeTab({ editing, mark, children }: CodeTabProps) {
  const panel = useWidth("voltrun.run-panel", { initial: 400, min: 320, max: 900 });
  return (
    <div className="flex min-h-0 grow flex-col lg:flex-row">
      <section aria-label="Code" className="flex min-w-0 grow flex-col lg:min-h-0">
        <DraftBanner editing={editing} />
        <Code editing={editing} mark={mark} />
      </section>
      <ResizeHandle label="Width of the run panel" {...panel} onResize={panel.resize} className="hidden lg:block" />
      <section
        aria-label="Run"
        style={{ "--panel": `${panel.width}px` } as CSSProperties}
        className="flex min-w-0 shrink-0 flex-col border-t lg:w-(--panel) lg:max-w-[60%] lg:overflow-y-auto lg:border-t-0"
      >
        {children}
      </section>
    </div>
  );
}

function Code({ editing: { workspace, models, offered }, mark }: Pick<CodeTabProps, "editing" | "mark">) {
  const view = useWorkspaceView(workspace);
  useModels(models, workspace, view);
  const [listed, setListed] = useState<boolean | null>(null);
  const [creating, setCreating] = useState(false);
  const showFiles = listed ?? view.paths.length > 1;
  const readOnly = offered !== null;
  const open = (path: string) => workspace.open(path);
  return (
    <div className="flex min-h-0 grow flex-col sm:flex-row">
      {showFiles && (
        <div className="flex max-h-48 shrink-0 flex-col border-b bg-sunken sm:max-h-none sm:w-44 sm:border-r sm:border-b-0">
          <FileList workspace={workspace} view={view} readOnly={readOnly} onOpen={open} />
        </div>
      )}
      <div className="flex min-h-0 min-w-0 grow flex-col">
        <div className="flex h-9 shrink-0 items-center border-b bg-sunken pr-1 pointer-coarse:h-10">
          <Button variant="ghost" size="icon-sm" aria-label="File list" title="File list" aria-pressed={showFiles} icon={<PanelLeft aria-hidden className="size-4" />} onClick={() => setListed(!showFiles)} className="mx-1" />
          <EditorTabs open={view.open} active={view.active} unsaved={view.unsaved} onOpen={open} onClose={(path) => workspace.close(path)} />
          {!readOnly && !showFiles && <Button variant="ghost" size="icon-sm" aria-label="New file" title="New file" icon={<FilePlus aria-hidden className="size-4" />} onClick={() => setCreating(true)} />}
        </div>
        {view.active === null ? (
          <NothingOpen empty={view.paths.length === 0} onCreate={() => setCreating(true)} onList={() => setListed(true)} />
        ) : (
          <CodeEditor
            files={models}
            path={view.active}
            text={workspace.text(view.active)}
            onChange={(path, text) => workspace.edit(path, text)}
            label={`${view.active}. Ctrl+M lets Tab leave the editor.`}
            readOnly={readOnly}
            readOnlyMessage="Restore or discard the draft above first."
            mark={mark}
            className="h-[56dvh] min-h-72 lg:h-auto lg:min-h-0 lg:grow"
          />
        )}
        <Foot view={view} />
      </div>
      {creating && <PathDialog title="New file" path="" others={view.paths} action="Create" onClose={() => setCreating(false)} onPath={(path) => workspace.create(path)} />}
    </div>
  );
}

function NothingOpen({ empty, onCreate, onList }: { empty: boolean; onCreate: () => void; onList: () => void }) {
  return empty ? (
    <EmptyState className="grow bg-surface" title="No files" description="A version needs at least one file." action={<Button onClick={onCreate}>New file</Button>} />
  ) : (
    <EmptyState className="grow bg-surface" title="No file is open" description="Choose one from the list of files." action={<Button onClick={onList}>Show the files</Button>} />
  );
}

/** What is saved and what is not. */
function Foot({ view }: { view: WorkspaceView }) {
  const count = view.unsaved.size;
  const state = count > 0 ? `${count} ${count === 1 ? "file" : "files"} not saved` : view.changed ? "Not saved" : `As in version ${view.version}`;
  return (
    <div className="flex h-7 shrink-0 items-center justify-between gap-4 border-t bg-sunken px-3 text-xs text-ink-3">
      <span className={cn("truncate", view.changed && "text-warning")}>{state}</span>
      <span className="hidden truncate md:block">Ctrl+M lets Tab leave the editor</span>
    </div>
  );
}
