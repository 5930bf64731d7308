// A router that fits a screen: the first pattern that matches wins.
export function route(table, method, path) {
  for (const [wanted, pattern, handle] of table) {
    const match = wanted === method && path.match(pattern);
    if (match) return { handle, params: match.groups ?? {} };
  }
  return null;
}
