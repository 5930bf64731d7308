import { languageOf } from "./languages";
import type { Monaco, MonacoApi } from "./monaco";

/** A text as the editor works on it, in the language of its file. Without `uri` no other file can import it. */
export function createModel(monaco: MonacoApi, path: string, text: string, uri?: Monaco.Uri): Monaco.editor.ITextModel {
  const { id, tabSize } = languageOf(path);
  const model = monaco.editor.createModel(text, id, uri);
  model.updateOptions({
    tabSize,
    indentSize: tabSize,
    insertSpaces: true,
    trimAutoWhitespace: true,
    bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
  });
  return model;
}
