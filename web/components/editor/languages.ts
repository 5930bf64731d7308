interface Language {
  /** What the editor calls it. */
  id: string;
  tabSize: number;
}

const text: Language = { id: "plaintext", tabSize: 2 };

const byExtension: Record<string, Language> = {
  js: { id: "javascript", tabSize: 2 },
  mjs: { id: "javascript", tabSize: 2 },
  cjs: { id: "javascript", tabSize: 2 },
  jsx: { id: "javascript", tabSize: 2 },
  ts: { id: "typescript", tabSize: 2 },
  json: { id: "json", tabSize: 2 },
  py: { id: "python", tabSize: 4 },
  md: { id: "markdown", tabSize: 2 },
  html: { id: "html", tabSize: 2 },
  css: { id: "css", tabSize: 2 },
  sql: { id: "sql", tabSize: 2 },
  yaml: { id: "yaml", tabSize: 2 },
  yml: { id: "yaml", tabSize: 2 },
  xml: { id: "xml", tabSize: 2 },
  sh: { id: "shell", tabSize: 2 },
};

/** The language of a file, by its name. */
export function languageOf(path: string): Language {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  return byExtension[extension] ?? text;
}
