"use client";

import { loader } from "@monaco-editor/react";
import type * as Monaco from "monaco-editor";
import { useEffect, useState } from "react";

import { prepareCompletions } from "./completions";
import { nodeTypes } from "./node-types";
import { followTheme } from "./theme";

export type { Monaco };
export type MonacoApi = typeof Monaco;

// The editor's files are served as they are and never go through the bundler: they are larger than everything else together.
loader.config({ paths: { vs: `/monaco/${process.env.MONACO_VERSION}/vs` } });

let loading: Promise<MonacoApi> | null = null;

function loadMonaco(): Promise<MonacoApi> {
  loading ??= loader.init().then((monaco) => {
    const api: MonacoApi = monaco;
    followTheme(api);
    prepareLanguages(api);
    prepareCompletions(api);
    // The editor measures its characters once: with the wrong font they would not lie under the cursor.
    document.fonts.ready.then(() => api.editor.remeasureFonts(), () => undefined);
    return api;
  });
  return loading;
}

function prepareLanguages({ typescript, json }: MonacoApi) {
  const { javascriptDefaults, ScriptTarget, ModuleKind, ModuleResolutionKind } = typescript;
  javascriptDefaults.setCompilerOptions({
    allowJs: true,
    checkJs: true,
    allowNonTsExtensions: true,
    allowSyntheticDefaultImports: true,
    noImplicitAny: false,
    lib: ["esnext"],
    target: ScriptTarget.ES2020,
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.NodeJs,
  });
  javascriptDefaults.setDiagnosticsOptions({ diagnosticCodesToIgnore: quiet, noSuggestionDiagnostics: true });
  javascriptDefaults.addExtraLib(nodeTypes, "file:///node_modules/@types/node/index.d.ts");
  javascriptDefaults.setEagerModelSync(true);
  json.jsonDefaults.setDiagnosticsOptions({ validate: true, allowComments: false, enableSchemaRequest: false });
}

// What plain JavaScript does all day and TypeScript would mark: packages without types (2307, 7016), properties added
// to objects and classes later (2339, 2551), what is newer than TypeScript (2550), optional parameters (2554),
// and asynchronous functions of a type that may be synchronous as well, as Handler (1065).
const quiet = [1065, 2307, 7016, 2339, 2550, 2551, 2554];

/** The editor's API once its files have come; `error` when they could not be loaded. */
export function useMonaco(): { monaco: MonacoApi | null; error: Error | null } {
  const [monaco, setMonaco] = useState<MonacoApi | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    let gone = false;
    loadMonaco().then(
      (api) => !gone && setMonaco(api),
      () => !gone && setError(new Error("The editor's files could not be loaded. Check the connection and reload the page.")),
    );
    return () => {
      gone = true;
    };
  }, []);
  return { monaco, error };
}
