import type { FunctionDetail } from "@/lib/api/types";

type FunctionId = FunctionDetail["id"];

/** What a key may do on everything its owner has, in the order in which it is shown. */
export const scopes = [
  {
    value: "functions:read",
    label: "Read functions",
    hint: "List functions and read their code, versions, settings and environment variables. Secrets are never readable.",
  },
  { value: "functions:write", label: "Manage functions", hint: "Create, change, roll back and delete functions, and set their secrets." },
  { value: "executions:read", label: "Read executions", hint: "Read inputs, outputs, errors, logs and statistics." },
] as const;

export type PlainScope = (typeof scopes)[number]["value"];

const execute = "functions:execute";

/** Which functions a key may execute. */
export type ExecuteAccess = { of: "none" } | { of: "all" } | { of: "some"; ids: FunctionId[] };

/** The scopes to ask the server for. */
export function scopesOf(plain: readonly PlainScope[], access: ExecuteAccess): string[] {
  const wanted: string[] = [...plain];
  if (access.of === "all") wanted.push(execute);
  if (access.of === "some") wanted.push(...access.ids.map((id) => `${execute}:${id}`));
  return wanted;
}

export interface ReadableScopes {
  labels: string[];
  /** The functions to which executing is limited; empty when it is not, or not allowed at all. */
  functionIds: FunctionId[];
}

/** The scopes of a key in words. One that this page does not know is shown as it is. */
export function readScopes(of: readonly string[]): ReadableScopes {
  const labels: string[] = [];
  const functionIds: FunctionId[] = [];
  for (const scope of of) {
    if (scope === execute) labels.push("Execute all functions");
    else if (scope.startsWith(`${execute}:`)) functionIds.push(scope.slice(execute.length + 1));
    else labels.push(scopes.find((s) => s.value === scope)?.label ?? scope);
  }
  return { labels, functionIds: of.includes(execute) ? [] : functionIds };
}
