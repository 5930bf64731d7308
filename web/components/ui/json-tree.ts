/** A JSON value as it was written: numbers keep every digit, strings their escapes. */
export type JsonNode = JsonLeaf | JsonBranch;

export interface JsonLeaf {
  kind: "string" | "number" | "word";
  text: string;
}

export interface JsonBranch {
  kind: "object" | "array";
  /** The key is null in arrays, quoted in objects. */
  entries: { key: string | null; value: JsonNode }[];
}

export type JsonTree = { root: JsonNode; nodes: number } | { refused: "large" | "invalid" };

/** What a page can show as a tree and stay quick. */
export const jsonLimits = { nodes: 10_000, chars: 1_000_000, depth: 100 };

// Punctuation, string, number, word. The string is unrolled so that a long one costs no backtracking.
const token = /[ \t\n\r]*(?:([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\[^\u0000-\u001f][^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;

class Refusal extends Error {
  constructor(readonly reason: "large" | "invalid") {
    super(reason);
  }
}

/** Reads text into a tree; refuses what is no JSON and what is over the limits. */
export function readJson(text: string): JsonTree {
  if (text.length > jsonLimits.chars) return { refused: "large" };
  try {
    return new Reader(text).read();
  } catch (thrown) {
    if (thrown instanceof Refusal) return { refused: thrown.reason };
    throw thrown;
  }
}

class Reader {
  private at = 0;
  private nodes = 0;

  constructor(private readonly text: string) {}

  read(): JsonTree {
    const root = this.value(this.next(), 0);
    if (this.text.slice(this.at).trim() !== "") throw new Refusal("invalid");
    return { root, nodes: this.nodes };
  }

  private next(): { kind: "punctuation" | JsonLeaf["kind"]; text: string } {
    token.lastIndex = this.at;
    const match = token.exec(this.text);
    if (!match) throw new Refusal("invalid");
    this.at = token.lastIndex;
    const [, punctuation, string, number, word] = match;
    if (punctuation !== undefined) return { kind: "punctuation", text: punctuation };
    if (string !== undefined) return { kind: "string", text: string };
    return number !== undefined ? { kind: "number", text: number } : { kind: "word", text: word ?? "" };
  }

  private value(first: ReturnType<Reader["next"]>, depth: number): JsonNode {
    if (++this.nodes > jsonLimits.nodes || depth > jsonLimits.depth) throw new Refusal("large");
    if (first.kind !== "punctuation") return { kind: first.kind, text: first.text };
    if (first.text === "{") return { kind: "object", entries: this.entries("}", depth) };
    if (first.text === "[") return { kind: "array", entries: this.entries("]", depth) };
    throw new Refusal("invalid");
  }

  private entries(close: "}" | "]", depth: number): JsonBranch["entries"] {
    const entries: JsonBranch["entries"] = [];
    let first = this.next();
    if (first.text === close) return entries;
    for (;;) {
      let key: string | null = null;
      if (close === "}") {
        if (first.kind !== "string" || this.next().text !== ":") throw new Refusal("invalid");
        key = first.text;
        first = this.next();
      }
      entries.push({ key, value: this.value(first, depth + 1) });
      const after = this.next();
      if (after.text === close) return entries;
      if (after.text !== ",") throw new Refusal("invalid");
      first = this.next();
    }
  }
}
