"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { EditorFiles } from "@/components/editor/editor-files";
import type { FunctionDetail } from "@/lib/api/types";

import { changesBetween } from "./changes";
import { dropDraft, dropDrafts, findDraft, keepDraft, type Draft } from "./drafts";
import { filesOf, Workspace } from "./workspace";

/** How long after the last key the draft is written, in milliseconds. */
const draftDelay = 400;

/** A function with the code that was just saved. */
export type Saved = Omit<FunctionDetail, "digest">;

export interface Editing {
  workspace: Workspace;
  models: EditorFiles;
  /** Unsaved files of an earlier visit, until it is decided what becomes of them. */
  offered: Draft | null;
  restore: () => void;
  discard: () => void;
  /** Why unsaved files cannot be kept in this browser, if so. */
  draftProblem: string | null;
  /** After what is edited was saved as the function's new active version. */
  saved: (now: Saved) => void;
  /** Puts the active version's files back. */
  revert: () => void;
}

/** What is being edited of a function, over all of its page's tabs. */
export function useWorkspace(fn: FunctionDetail): Editing {
  const [workspace] = useState(() => {
    const { files, single } = filesOf(fn);
    return new Workspace(fn.version, files, single);
  });
  const [models] = useState(() => new EditorFiles(fn.id));
  const [offered, setOffered] = useState<Draft | null>(() => offerOf(fn));
  const draftProblem = useDrafts(fn.id, workspace, offered !== null);
  const disposing = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    clearTimeout(disposing.current);
    return () => {
      disposing.current = setTimeout(() => models.dispose()); // not at once: in development React takes effects back and does them again
    };
  }, [models]);

  // Somebody activated another version. Where nothing is edited it is simply shown; edits are asked about when they are saved.
  useEffect(() => {
    const { version, changed } = workspace.view();
    if (version === fn.version || changed) return;
    const { files, single } = filesOf(fn);
    workspace.rebase(fn.version, files, single, false);
  }, [fn, workspace]);

  return {
    workspace,
    models,
    offered,
    draftProblem,
    restore() {
      if (!offered) return;
      workspace.replace(offered.files);
      setOffered(null);
      if (offered.version !== fn.version) dropDraft(fn.id, offered.version);
    },
    discard() {
      dropDrafts(fn.id);
      setOffered(null);
    },
    saved(now) {
      const { files, single } = filesOf(now);
      workspace.rebase(now.version, files, single, !sameFiles(workspace, now));
      dropDrafts(fn.id);
    },
    revert() {
      const { files, single } = filesOf(fn);
      workspace.rebase(fn.version, files, single, false);
    },
  };
}

export function useWorkspaceView(workspace: Workspace) {
  return useSyncExternalStore(workspace.subscribe, workspace.view, workspace.view);
}

function sameFiles(workspace: Workspace, fn: Saved): boolean {
  return changesBetween(workspace.files(), filesOf(fn).files).length === 0;
}

/** A draft that says what is saved already needs no answer. */
function offerOf(fn: FunctionDetail): Draft | null {
  const draft = findDraft(fn.id);
  if (!draft) return null;
  if (changesBetween(filesOf(fn).files, draft.files).length > 0) return draft;
  dropDrafts(fn.id);
  return null;
}

/** Keeps what is unsaved in this browser, but not over a draft that is still offered. */
function useDrafts(id: string, workspace: Workspace, paused: boolean): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (paused) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = () => {
      clearTimeout(timer);
      timer = undefined;
      const { changed, version } = workspace.view();
      try {
        if (changed) keepDraft(id, version, workspace.files());
        else dropDraft(id, version);
        setProblem(null);
      } catch {
        setProblem("This browser has no room to keep unsaved changes. Save before you leave the page.");
      }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(keep, draftDelay);
    };
    const now = () => timer !== undefined && keep();
    const stop = workspace.subscribe(soon);
    window.addEventListener("pagehide", now);
    return () => {
      stop();
      window.removeEventListener("pagehide", now);
      now();
    };
  }, [id, workspace, paused]);
  return problem;
}
