import type { Func, UpdateFunction } from "@/lib/api/types";

export type Kind = "variable" | "secret";

/** One line of the form. A secret that the server has has no value here until a new one is typed. */
export interface Row {
  id: number;
  kind: Kind;
  name: string;
  value: string;
  /** A secret whose value the server keeps: unset while that is to stay. */
  stored: boolean;
  replacing: boolean;
  removed: boolean;
}

let lastId = 0;

export function newRow(kind: Kind, name = "", value = ""): Row {
  return { id: ++lastId, kind, name, value, stored: false, replacing: false, removed: false };
}

/** The rows of what the server has, by name. */
export function rowsOf({ env, secret_names }: Pick<Func, "env" | "secret_names">): Row[] {
  const variables = Object.keys(env).sort().map((name) => newRow("variable", name, env[name]));
  const secrets = secret_names.map((name) => ({ ...newRow("secret", name), stored: true }));
  return [...variables, ...secrets];
}

/** What to send for the rows to be so on the server: null when nothing changes. Variables are replaced as a whole, secrets by name. */
export function changeOf({ env }: Pick<Func, "env">, rows: readonly Row[]): Pick<UpdateFunction, "env" | "secrets"> | null {
  const variables = Object.fromEntries(rows.filter(({ kind, removed, name }) => kind === "variable" && !removed && name !== "").map(({ name, value }) => [name, value]));
  const secrets: Record<string, string> = {};
  for (const row of rows) {
    if (row.kind !== "secret" || row.name === "") continue;
    if (row.removed) secrets[row.name] ??= "";
    else if (!row.stored || row.replacing) secrets[row.name] = row.value;
  }
  const change = { ...(!same(env, variables) && { env: variables }), ...(Object.keys(secrets).length > 0 && { secrets }) };
  return Object.keys(change).length > 0 ? change : null;
}

/** What is wrong with rows that the server cannot be asked about: it would never see them. By the row's id. */
export function problemsOf(rows: readonly Row[]): Map<number, string> {
  const problems = new Map<number, string>();
  const seen = new Set<string>();
  for (const { id, kind, name, value, stored, replacing, removed } of rows) {
    if (removed) continue;
    if (name === "" && value !== "") problems.set(id, "Type a name.");
    if (name === "") continue;
    if (seen.has(name)) problems.set(id, `There is another ${name}; a name can be only once, as a variable or as a secret.`);
    else if (kind === "secret" && value === "" && (!stored || replacing)) problems.set(id, "Type a value: a secret without one would be removed.");
    seen.add(name);
  }
  return problems;
}

/** Sets the named values, adding rows for those that are not there. */
export function withValues(rows: readonly Row[], kind: Kind, values: ReadonlyMap<string, string>): Row[] {
  const left = new Map(values);
  const changed = rows.map((row) => {
    const value = left.get(row.name);
    if (row.kind !== kind || value === undefined) return row;
    left.delete(row.name);
    return { ...row, value, removed: false, replacing: row.stored };
  });
  const blank = (row: Row) => row.kind === kind && row.name === "" && row.value === "";
  return [...changed.filter((row) => !blank(row)), ...[...left].map(([name, value]) => newRow(kind, name, value))];
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
