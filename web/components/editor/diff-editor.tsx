"use client";

import { useEffect, useRef, useState } from "react";

import { EditorFrame } from "./editor-frame";
import { createModel } from "./models";
import { useMonaco, type Monaco } from "./monaco";
import { options } from "./options";

export interface DiffEditorProps {
  path: string;
  before: string;
  after: string;
  label: string;
  className?: string;
}

/** Shows what differs between two texts of a file; beside each other where there is room, else in one column. */
export function DiffEditor({ path, before, after, label, className }: DiffEditorProps) {
  const { monaco, error } = useMonaco();
  const place = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Monaco.editor.IStandaloneDiffEditor | null>(null);

  // Before the editor itself, because cleaning up goes in this order and an editor that is gone lets go of no models.
  useEffect(() => {
    if (!monaco || !editor) return;
    const original = createModel(monaco, path, before);
    const modified = createModel(monaco, path, after);
    editor.getOriginalEditor().updateOptions({ ariaLabel: `${label}, before` });
    editor.getModifiedEditor().updateOptions({ ariaLabel: `${label}, after` });
    editor.setModel({ original, modified });
    return () => {
      editor.setModel(null);
      original.dispose();
      modified.dispose();
    };
  }, [monaco, editor, path, before, after, label]);

  useEffect(() => {
    if (!monaco || !place.current) return;
    const made = monaco.editor.createDiffEditor(place.current, {
      ...options,
      readOnly: true,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: 720,
      hideUnchangedRegions: { enabled: true, contextLineCount: 3, minimumLineCount: 6 },
      renderOverviewRuler: false,
      renderGutterMenu: false,
      renderMarginRevertIcon: false,
    });
    setEditor(made);
    return () => {
      setEditor(null);
      made.dispose();
    };
  }, [monaco]);

  return (
    <EditorFrame loading={!editor} error={error} className={className}>
      <div ref={place} className="absolute inset-0" />
    </EditorFrame>
  );
}
