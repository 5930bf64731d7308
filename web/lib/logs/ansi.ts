/** A run of text that looks the same: what the colour codes of a terminal come to in classes of this theme. */
export interface AnsiSpan {
  text: string;
  className: string;
}

/**
 * Everything that a terminal acts upon and a page must not show: CSI and OSC sequences, other escapes, and control
 * characters but tab and line feed. What a program writes is only ever made into text, never into markup.
 */
const control = /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f]/g;

const foreground = ["text-ink", "text-failure", "text-success", "text-warning", "text-ansi-blue", "text-ansi-magenta", "text-ansi-cyan", "text-ink"];
const background = ["bg-selected", "bg-failure-soft", "bg-success-soft", "bg-warning-soft", "bg-selected", "bg-selected", "bg-selected", "bg-selected"];

interface Style {
  colour: string;
  back: string;
  marks: Set<string>;
}

/** Whether there is anything in the text that parseAnsi or stripAnsi would change. */
export function hasControl(text: string): boolean {
  return text.search(control) >= 0;
}

/** The text alone, as it is searched and copied. */
export function stripAnsi(text: string): string {
  return text.replace(control, "");
}

/** The text in spans of one look each; their texts joined are stripAnsi of it. */
export function parseAnsi(text: string): AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  const style: Style = { colour: "", back: "", marks: new Set() };
  let from = 0;
  const take = (to: number) => {
    if (to > from) append(spans, text.slice(from, to), classOf(style));
  };
  for (const match of text.matchAll(control)) {
    take(match.index);
    from = match.index + match[0].length;
    if (match[1] !== undefined) apply(style, match[1].split(/[;:]/).map(Number));
  }
  take(text.length);
  return spans;
}

function append(spans: AnsiSpan[], text: string, className: string) {
  const last = spans.at(-1);
  if (last?.className === className) last.text += text;
  else spans.push({ text, className });
}

function classOf({ colour, back, marks }: Style): string {
  if (marks.has("inverse")) return "bg-ink text-canvas";
  return [colour, back, ...marks].filter(Boolean).join(" ");
}

const marks: Record<number, string> = { 1: "font-semibold", 2: "text-ink-3", 3: "italic", 4: "underline", 7: "inverse", 9: "line-through" };
const unmarks: Record<number, string[]> = { 22: ["font-semibold", "text-ink-3"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["line-through"] };

/** Follows the parameters of one SGR sequence. */
function apply(style: Style, codes: number[]) {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    const mark = marks[code];
    if (code === 0) {
      style.colour = style.back = "";
      style.marks.clear();
    } else if (mark) style.marks.add(mark);
    else if (unmarks[code]) unmarks[code].forEach((name) => style.marks.delete(name));
    else if (code === 39) style.colour = "";
    else if (code === 49) style.back = "";
    else if (code === 38 || code === 48) {
      const { index, used } = extended(codes.slice(i + 1));
      i += used;
      if (index !== null) paint(style, code === 38, index);
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) paint(style, true, code % 10);
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) paint(style, false, code % 10);
  }
}

function paint(style: Style, front: boolean, index: number) {
  if (front) style.colour = foreground[index] ?? "";
  else style.back = background[index] ?? "";
}

/** A colour of 256 or of all, brought to the nearest of eight: only those have a contrast that is known in both themes. */
function extended(rest: number[]): { index: number | null; used: number } {
  const [kind, a = 0, b = 0, c = 0] = rest;
  if (kind === 2) return { index: nearest(a, b, c), used: 4 };
  if (kind !== 5) return { index: null, used: rest.length };
  if (a < 16) return { index: a % 8, used: 2 };
  if (a >= 232) return { index: 7, used: 2 };
  const cube = a - 16;
  return { index: nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51), used: 2 };
}

function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 48) return 7; // a grey
  const high = (value: number) => value > most * 0.6;
  return (high(red) ? 1 : 0) + (high(green) ? 2 : 0) + (high(blue) ? 4 : 0);
}
