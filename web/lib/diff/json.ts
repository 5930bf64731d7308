/** JSON one value a line, with the keys in order: two of the same content have the same lines. */
export function jsonLines(value: unknown): string[] {
  return (JSON.stringify(sorted(value), null, 2) ?? "null").split("\n");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
