const maxNameLength = 64;

/** What is wrong with the name of a function, as the server would say, or undefined. */
export function functionNameProblem(name: string): string | undefined {
  if (name === "") return "A function needs a name.";
  if (name.length > maxNameLength) return `At most ${maxNameLength} characters are possible; these are ${name.length}.`;
  if (!/^[A-Za-z]/.test(name)) return "A name starts with a letter, A to Z.";
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return "Letters A to Z, digits, - and _ are possible.";
  if (name.startsWith("fn_")) return "A name cannot start with fn_, as ids do.";
  return undefined;
}

/** `wanted`, or the first of wanted-2, wanted-3 … that is not taken. */
export function freeFunctionName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const name = wanted.slice(0, maxNameLength - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}
