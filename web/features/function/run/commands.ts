export interface CommandCall {
  name: string;
  input: unknown;
  /** Answers at once with the pending execution. */
  async: boolean;
}

/** One line for a POSIX shell, which calls the function through the API of the server at `origin`. */
export function curlCommand(origin: string, { name, input, async }: CommandCall): string {
  return [
    `curl -sS ${origin}/api/functions/${name}/execute`,
    '  -H "Authorization: Bearer $VOLTRUN_KEY"',
    "  -H 'Content-Type: application/json'",
    ...(async ? ["  -H 'Prefer: respond-async'"] : []),
    `  -d ${quoted(JSON.stringify({ input }))}`,
  ].join(" \\\n");
}

/** The same by the command line client. */
export function voltCommand(origin: string, { name, input, async }: CommandCall): string {
  return [
    `VOLT_API_KEY="$VOLTRUN_KEY" volt invoke ${name}`,
    `  --server ${origin}`,
    `  --input ${quoted(JSON.stringify(input))}${async ? " --async" : ""}`,
  ].join(" \\\n");
}

/** In single quotes nothing means anything to the shell but a single quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
