import type { FunctionDetail, VersionDetail } from "@/lib/api/types";

/** Path below /var/task → text. */
export type Files = Readonly<Record<string, string>>;

/** What can be seen of a workspace. It is replaced only when one of its fields changes: typing in a changed file does not. */
export interface WorkspaceView {
  /** The version that the edits began from. */
  version: number;
  /** Sorted. */
  paths: readonly string[];
  open: readonly string[];
  active: string | null;
  /** Files that are new or changed. */
  unsaved: ReadonlySet<string>;
  /** Whether anything differs from the version, removed files included. */
  changed: boolean;
  /** Grows when texts were replaced from outside the editor. */
  revision: number;
}

/** The files of a function while they are edited, against the version they began from. */
export class Workspace {
  #base: Files;
  #single: string | null;
  #files: Map<string, string>;
  #open: string[];
  #active: string | null;
  #version: number;
  #revision = 0;
  #view: WorkspaceView;
  readonly #listeners = new Set<() => void>();

  constructor(version: number, base: Files, single: string | null) {
    this.#version = version;
    this.#base = base;
    this.#single = single;
    this.#files = new Map(Object.entries(base));
    this.#active = entryOf(Object.keys(base));
    this.#open = this.#active === null ? [] : [this.#active];
    this.#view = this.#look();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): WorkspaceView => this.#view;

  text(path: string): string {
    return this.#files.get(path) ?? "";
  }

  files(): Files {
    return Object.fromEntries(this.#files);
  }

  base(): Files {
    return this.#base;
  }

  /** The code as the API takes it: a function that came as one file without a name goes back as one. */
  body(): { code: string } | { files: Record<string, string> } {
    const [only] = this.#files.keys();
    if (this.#files.size === 1 && only !== undefined && only === this.#single) return { code: this.text(only) };
    return { files: { ...this.files() } };
  }

  edit(path: string, text: string): void {
    if (!this.#files.has(path) || this.#files.get(path) === text) return;
    this.#files.set(path, text);
    this.#tell();
  }

  create(path: string): void {
    this.#files.set(path, "");
    this.open(path);
  }

  /** Renames a file, or a folder with everything in it. */
  rename(from: string, to: string): void {
    const moved = (path: string) => (path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
    this.#files = new Map([...this.#files].map(([path, text]) => [moved(path), text]));
    this.#open = this.#open.map(moved);
    this.#active = this.#active === null ? null : moved(this.#active);
    this.#tell();
  }

  /** Removes a file, or a folder with everything in it. */
  remove(path: string): void {
    const gone = [...this.#files.keys()].filter((p) => p === path || p.startsWith(`${path}/`));
    for (const p of gone) {
      this.#files.delete(p);
      this.#closeQuietly(p);
    }
    this.#tell();
  }

  open(path: string): void {
    if (!this.#files.has(path)) return;
    if (!this.#open.includes(path)) this.#open.push(path);
    this.#active = path;
    this.#tell();
  }

  close(path: string): void {
    this.#closeQuietly(path);
    this.#tell();
  }

  /** Puts other texts in place of all, as those of a draft. */
  replace(files: Files): void {
    this.#files = new Map(Object.entries(files));
    this.#settle();
    this.#revision++;
    this.#tell();
  }

  /** Begins from another version: with its files, or with what is edited now when it was made from that. */
  rebase(version: number, base: Files, single: string | null, keepEdits: boolean): void {
    this.#version = version;
    this.#base = base;
    this.#single = single;
    if (keepEdits) this.#tell();
    else this.replace(base);
  }

  #closeQuietly(path: string): void {
    const at = this.#open.indexOf(path);
    if (at < 0) return;
    this.#open = this.#open.filter((p) => p !== path);
    if (this.#active === path) this.#active = this.#open[at] ?? this.#open[at - 1] ?? null;
  }

  #settle(): void {
    this.#open = this.#open.filter((path) => this.#files.has(path));
    if (this.#active !== null && this.#files.has(this.#active)) return;
    this.#active = this.#open[0] ?? entryOf([...this.#files.keys()]);
    if (this.#active !== null && this.#open.length === 0) this.#open = [this.#active];
  }

  #look(): WorkspaceView {
    const unsaved = new Set<string>();
    for (const [path, text] of this.#files) if (this.#base[path] !== text) unsaved.add(path);
    const paths = [...this.#files.keys()].sort();
    const changed = unsaved.size > 0 || paths.length !== Object.keys(this.#base).length;
    return { version: this.#version, paths, open: [...this.#open], active: this.#active, unsaved, changed, revision: this.#revision };
  }

  #tell(): void {
    const next = this.#look();
    if (!sameView(this.#view, next)) this.#view = next;
    for (const listener of this.#listeners) listener();
  }
}

function sameView(a: WorkspaceView, b: WorkspaceView): boolean {
  return (
    a.version === b.version &&
    a.active === b.active &&
    a.revision === b.revision &&
    a.changed === b.changed &&
    sameList(a.paths, b.paths) &&
    sameList(a.open, b.open) &&
    sameList([...a.unsaved], [...b.unsaved])
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** The file to begin with: the one the handler most likely is in. */
export function entryOf(paths: readonly string[]): string | null {
  const sorted = [...paths].sort((a, b) => a.split("/").length - b.split("/").length || a.localeCompare(b));
  return sorted.find((path) => /^(index|main|app|handler|function|lambda_function)\.\w+$/.test(path)) ?? sorted[0] ?? null;
}

/** The files of a version, and which of them it is when it came as code without a name. */
export function filesOf(version: Pick<FunctionDetail | VersionDetail, "code" | "files" | "handler" | "runtime">): { files: Files; single: string | null } {
  if (version.code === undefined) return { files: version.files ?? {}, single: null };
  const path = nameOfCode(version.handler, version.runtime, version.code);
  return { files: { [path]: version.code }, single: path };
}

/**
 * What the server calls the one file of single-file code: after the handler's module. It is only shown; as long as
 * the function stays a single file, the server names it itself.
 */
function nameOfCode(handler: string, runtime: string, code: string): string {
  const dot = handler.lastIndexOf(".");
  const module = dot > 0 ? handler.slice(0, dot) : "index";
  if (!runtime.startsWith("nodejs")) return `${module.replaceAll(".", "/")}.py`;
  return `${module}.${/^\s*(import\b|export\b)/m.test(code) ? "mjs" : "js"}`;
}
