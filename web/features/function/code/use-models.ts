"use client";

import { useEffect } from "react";

import type { EditorFiles } from "@/components/editor/editor-files";
import { useMonaco } from "@/components/editor/monaco";

import type { Workspace, WorkspaceView } from "./workspace";

/** More files than this are only known to the editor once they are opened. */
const maxFiles = 200;

/** What can be imported. */
const importable = /\.(?:[cm]?js|json)$/;

/** Lets the editor know the files that are not open too, so that imports between them are understood, and forget removed ones. */
export function useModels(models: EditorFiles, workspace: Workspace, { paths, revision }: WorkspaceView) {
  const { monaco } = useMonaco();
  useEffect(() => {
    if (!monaco) return;
    for (const path of paths.filter((p) => importable.test(p)).slice(0, maxFiles)) models.model(monaco, path, workspace.text(path));
    models.keepOnly(paths);
  }, [monaco, models, workspace, paths, revision]);
}
