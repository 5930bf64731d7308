/** A call with curl that a key of these scopes may make, ready to paste into a shell. */
export function exampleCall(origin: string, key: string, scopes: readonly string[], anyFunction: string | undefined): string {
  const authorization = `-H "Authorization: Bearer ${key}"`;
  const only = scopes.find((scope) => scope.startsWith("functions:execute:"))?.slice("functions:execute:".length);
  const target = only ?? (scopes.includes("functions:execute") ? (anyFunction ?? "<function name>") : undefined);
  if (target !== undefined) {
    return lines(`curl ${quoted(`${origin}/api/functions/${target}/execute`)}`, authorization, `-H "Content-Type: application/json"`, `-d '{"input": {}}'`);
  }
  const path = scopes.includes("executions:read") ? "/api/executions" : scopes.includes("functions:read") ? "/api/functions" : "/api/me";
  return lines(`curl ${quoted(origin + path)}`, authorization);
}

function lines(...parts: string[]): string {
  return parts.join(" \\\n  ");
}

/** The origin comes from the address bar: it must not say anything to the shell. */
function quoted(url: string): string {
  return `'${url.replaceAll("'", "%27")}'`;
}
