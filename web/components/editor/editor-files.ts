import type { Monaco, MonacoApi } from "./monaco";

import { createModel } from "./models";

/**
 * The editor's models of a set of files: one for each file, with its undo history, and where it was scrolled to and
 * selected. It outlives the editor on the screen, so that going to another tab and back loses nothing.
 */
export class EditorFiles {
  readonly scope: string;
  readonly #models = new Map<string, Monaco.editor.ITextModel>();
  readonly #views = new Map<string, Monaco.editor.ICodeEditorViewState>();

  /** `scope` keeps the files apart from those of other sets. Files of one scope can import each other. */
  constructor(scope: string) {
    this.scope = scope;
  }

  /** The model of a file, made to hold `text`. */
  model(monaco: MonacoApi, path: string, text: string): Monaco.editor.ITextModel {
    const known = this.#models.get(path);
    if (known && !known.isDisposed()) {
      if (withoutReturns(known.getValue()) !== withoutReturns(text)) known.setValue(text);
      return known;
    }
    const uri = monaco.Uri.from({ scheme: "file", path: `/${this.scope}/${path}` });
    monaco.editor.getModel(uri)?.dispose(); // left by a page that was replaced while developing
    const model = createModel(monaco, path, text, uri);
    this.#models.set(path, model);
    return model;
  }

  view(path: string): Monaco.editor.ICodeEditorViewState | null {
    return this.#views.get(path) ?? null;
  }

  keepView(path: string, view: Monaco.editor.ICodeEditorViewState | null): void {
    if (view) this.#views.set(path, view);
  }

  /** Forgets the models of files that are not there any more. */
  keepOnly(paths: readonly string[]): void {
    const kept = new Set(paths);
    for (const [path, model] of this.#models) {
      if (kept.has(path)) continue;
      model.dispose();
      this.#models.delete(path);
      this.#views.delete(path);
    }
  }

  dispose(): void {
    this.keepOnly([]);
  }
}

// The editor makes the ends of lines alike, which alone is no change of the text.
function withoutReturns(text: string): string {
  return text.replaceAll("\r", "");
}
