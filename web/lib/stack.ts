/** Where the code of a function lies on its machine. */
const codeFolder = "/var/task/";

/** A frame of a stack trace that is in the function's own code. */
export interface Frame {
  /** What stands before and after the place in the line. */
  before: string;
  after: string;
  /** The place as the line writes it. */
  place: string;
  /** The path within the function's code, and the line in it, from 1. */
  file: string;
  line: number;
}

// at handler (/var/task/index.js:3:9) of Node.js, and File "/var/task/main.py", line 3, in handler of Python;
// a file that cannot be read as Python is named as AWS Lambda does, with Line 3.
const node = /\/var\/task\/([^\s():]+):(\d+)(?::\d+)?/;
const python = /File "\/var\/task\/([^"]+)",? [Ll]ine (\d+)/;

/** The place in the function's own code that a line of a stack trace names, if it names one. */
export function frameOf(line: string): Frame | null {
  if (!line.includes(codeFolder)) return null;
  const match = python.exec(line) ?? node.exec(line);
  const [place, file, number] = match ?? [];
  if (!match || place === undefined || file === undefined || file.includes("node_modules/")) return null;
  return { before: line.slice(0, match.index), place, after: line.slice(match.index + place.length), file, line: Number(number) };
}
