export interface JsonProblem {
  /** Counts from 1. */
  line: number;
  column: number;
  message: string;
}

/**
 * The first thing that keeps `text` from being JSON, or null. Browsers word it differently and some do not say where
 * it is, so it is looked for here.
 */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const scan = new Scanner(text);
    const message = scan.value(0) ?? scan.end();
    const before = text.slice(0, scan.at).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: message ?? "This is not JSON." };
  }
}

/** Deeper than that JSON.parse itself may give up. */
const maxDepth = 2000;

/** Reads JSON and stops at what is wrong: every method returns the message, or null when it has read what it should. */
class Scanner {
  at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): string | null {
    this.#space();
    const next = this.text[this.at];
    if (next === undefined) return this.at === 0 || this.text.trim() === "" ? "Type an event, at least null or {}." : "Something is missing at the end.";
    if (depth > maxDepth) return "This is nested too deeply.";
    if (next === "{") return this.#list("}", depth, () => this.#member(depth));
    if (next === "[") return this.#list("]", depth, () => this.value(depth + 1));
    if (next === '"') return this.#string();
    if (this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y) || this.#match(/(?:true|false|null)(?!\w)/y)) return null;
    if (next === "'") return 'Write strings in double quotes: ".';
    if (/[\d.+-]/.test(next)) return "This is not a number.";
    return `A value was expected here, not ${shown(next)}.`;
  }

  end(): string | null {
    this.#space();
    const rest = this.text[this.at];
    return rest === undefined ? null : `The event ends before this; ${shown(rest)} is too much.`;
  }

  #list(close: "}" | "]", depth: number, item: () => string | null): string | null {
    this.at++;
    this.#space();
    if (this.#take(close)) return null;
    for (;;) {
      const problem = item();
      if (problem !== null) return problem;
      this.#space();
      if (this.#take(close)) return null;
      if (!this.#take(",")) return this.at >= this.text.length ? `A ${close} is missing at the end.` : `A comma or ${close} was expected here.`;
      this.#space();
      if (this.text[this.at] === close) return "Remove the comma before this.";
    }
  }

  #member(depth: number): string | null {
    this.#space();
    if (this.text[this.at] !== '"') return 'A name in double quotes was expected here, such as "name".';
    const problem = this.#string();
    if (problem !== null) return problem;
    this.#space();
    return this.#take(":") ? this.value(depth + 1) : "A colon was expected here.";
  }

  #string(): string | null {
    const from = this.at++;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n") {
        this.at = from;
        return "This string has no closing quote.";
      }
      if (char < " ") return "Write control characters as escapes, such as \\t.";
      if (char === '"') return this.#skip(1);
      if (char === "\\" && !/^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(this.text.slice(this.at, this.at + 6))) return "This escape does not exist in JSON.";
      this.at += char === "\\" ? 2 : 1;
    }
  }

  #skip(count: number): null {
    this.at += count;
    return null;
  }

  #take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }

  #space(): void {
    this.#match(/[ \t\r\n]+/y);
  }
}

function shown(char: string): string {
  return char.trim() === "" || char < " " ? `the character ${char.codePointAt(0)?.toString(16)}` : char;
}
