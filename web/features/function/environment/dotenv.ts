export interface DotenvResult {
  /** In the order of the text; of a name given twice the last value counts. */
  variables: Map<string, string>;
  problems: { line: number; message: string }[];
}

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$" };

/**
 * Reads a .env file: NAME=value lines, `export` before the name, # comments, single quotes as they are, double quotes
 * with escapes, both over several lines. Nothing is substituted: $OTHER stays.
 */
export function parseDotenv(text: string): DotenvResult {
  const variables = new Map<string, string>();
  const problems: DotenvResult["problems"] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? "").trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, rest] = /^(?:export\s+)?([^\s=]+)\s*=\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined || rest === undefined) {
      problems.push({ line: i + 1, message: "is not NAME=value" });
      continue;
    }
    const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : null;
    if (quote === null) {
      variables.set(name, rest.replace(/(^|\s)#.*$/, "").trimEnd());
      continue;
    }
    const first = i;
    let value = rest.slice(1);
    let end = closing(value, quote);
    while (end < 0 && i + 1 < lines.length) {
      value += `\n${lines[++i] ?? ""}`;
      end = closing(value, quote);
    }
    if (end < 0) {
      problems.push({ line: first + 1, message: `has no closing ${quote}` });
      break;
    }
    const inner = value.slice(0, end);
    variables.set(name, quote === '"' ? inner.replace(/\\(.)/gs, (all, char: string) => escapes[char] ?? all) : inner);
  }
  return { variables, problems };
}

/** Where the quoted text ends, or -1. */
function closing(text: string, quote: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && quote === '"') i++;
    else if (text[i] === quote) return i;
  }
  return -1;
}
