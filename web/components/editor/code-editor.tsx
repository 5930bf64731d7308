"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";

import type { EditorFiles } from "./editor-files";
import { EditorFrame } from "./editor-frame";
import { useMonaco, type Monaco } from "./monaco";
import { options } from "./options";

/** A line to go to and mark. Every new object goes there again. */
export interface Mark {
  path: string;
  line: number;
  column?: number;
  /** Shown when the pointer rests on the line. */
  message?: string;
}

export interface CodeEditorProps {
  files: EditorFiles;
  path: string;
  text: string;
  onChange?: (path: string, text: string) => void;
  /** Read out when the editor gets the focus; names the file. */
  label: string;
  readOnly?: boolean;
  /** Shown at an attempt to type while it is read-only. */
  readOnlyMessage?: string;
  mark?: Mark | null;
  /** Options that differ from those of all editors. */
  overrides?: Monaco.editor.IEditorOptions;
  className?: string;
}

type Editor = Monaco.editor.IStandaloneCodeEditor;

/** Edits one of `files` at a time. */
export function CodeEditor({ files, path, text, onChange, label, readOnly = false, readOnlyMessage, mark = null, overrides, className }: CodeEditorProps) {
  const { monaco, error } = useMonaco();
  const place = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const changed = useEffectEvent((to: string) => onChange?.(path, to));

  useEffect(() => {
    if (!monaco || !place.current) return;
    const made = monaco.editor.create(place.current, { ...options, model: null });
    setEditor(made);
    return () => {
      setEditor(null);
      made.dispose();
    };
  }, [monaco]);

  useEffect(() => {
    editor?.updateOptions({ ...overrides, ariaLabel: label, readOnly, ...(readOnlyMessage && { readOnlyMessage: { value: readOnlyMessage } }) });
  }, [editor, overrides, label, readOnly, readOnlyMessage]);

  useEffect(() => {
    if (!monaco || !editor) return;
    const model = files.model(monaco, path, text);
    if (editor.getModel() === model) return;
    editor.setModel(model);
    editor.restoreViewState(files.view(path));
  }, [monaco, editor, files, path, text]);

  // Of its own, because the model stays while its text changes.
  useEffect(() => {
    if (!editor) return;
    const listening = editor.onDidChangeModelContent(() => changed(editor.getValue()));
    return () => {
      files.keepView(path, editor.saveViewState());
      listening.dispose();
    };
  }, [editor, files, path]);

  useMark(editor, path, mark);
  return (
    <EditorFrame loading={!editor} error={error} className={className}>
      <div ref={place} className="absolute inset-0" />
    </EditorFrame>
  );
}

function useMark(editor: Editor | null, path: string, mark: Mark | null) {
  useEffect(() => {
    const model = editor?.getModel();
    if (!editor || !model || !mark || mark.path !== path || mark.line > model.getLineCount()) return;
    const marked = editor.createDecorationsCollection([
      {
        range: { startLineNumber: mark.line, startColumn: 1, endLineNumber: mark.line, endColumn: 1 },
        options: {
          isWholeLine: true,
          className: "editor-failure-line",
          linesDecorationsClassName: "editor-failure-bar",
          ...(mark.message && { hoverMessage: { value: mark.message, isTrusted: false, supportHtml: false } }),
        },
      },
    ]);
    editor.setPosition({ lineNumber: mark.line, column: mark.column ?? model.getLineFirstNonWhitespaceColumn(mark.line) });
    editor.revealLineInCenterIfOutsideViewport(mark.line);
    editor.focus();
    return () => marked.clear();
  }, [editor, path, mark]);
}
