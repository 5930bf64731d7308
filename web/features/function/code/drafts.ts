import type { Files } from "./workspace";

/** Unsaved files that this browser keeps, so that a closed tab or an expired session loses nothing. */
export interface Draft {
  /** The version that the edits began from. */
  version: number;
  files: Files;
  /** When it was kept, ISO 8601. */
  at: string;
}

const prefix = "voltrun.draft.";

function keyOf(functionId: string, version: number): string {
  return `${prefix}${functionId}.${version}`;
}

/** The newest draft of the function, whichever version it began from. */
export function findDraft(functionId: string): Draft | null {
  let newest: Draft | null = null;
  for (const key of keysOf(functionId)) {
    const draft = read(key);
    if (draft && (newest === null || draft.at > newest.at)) newest = draft;
  }
  return newest;
}

/** Throws when the browser keeps nothing or has no room left. */
export function keepDraft(functionId: string, version: number, files: Files): void {
  const draft: Draft = { version, files, at: new Date().toISOString() };
  localStorage.setItem(keyOf(functionId, version), JSON.stringify(draft));
}

export function dropDraft(functionId: string, version: number): void {
  localStorage.removeItem(keyOf(functionId, version));
}

export function dropDrafts(functionId: string): void {
  for (const key of keysOf(functionId)) localStorage.removeItem(key);
}

function keysOf(functionId: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(`${prefix}${functionId}.`));
}

// What is stored may have been written by an older dashboard, or by anything else of this origin.
function read(key: string): Draft | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { version, files, at } = value as Record<string, unknown>;
    if (typeof version !== "number" || typeof at !== "string" || typeof files !== "object" || files === null) return null;
    if (!Object.values(files).every((text) => typeof text === "string")) return null;
    return { version, files: files as Files, at };
  } catch {
    return null;
  }
}
