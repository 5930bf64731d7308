/** The longest path that the server takes, in bytes. */
const maxBytes = 255;

/** Why `path` cannot be the path of a new file among `others`, or null. The server's rules (function_rules.go), told while typing. */
export function pathProblem(path: string, others: readonly string[]): string | null {
  if (path === "") return "Type a name, such as lib/dates.mjs.";
  if (new TextEncoder().encode(path).length > maxBytes) return `Paths may be at most ${maxBytes} bytes long.`;
  if (/\p{Cc}/u.test(path)) return "Paths may not hold control characters.";
  if (path.includes("\\")) return "Separate folders by /, not by \\.";
  if (path.startsWith("/")) return "Leave the leading / out: paths start at /var/task.";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return "Every part between / must be a name.";
  const folded = path.toLowerCase();
  for (const other of others) {
    const known = other.toLowerCase();
    if (known === folded) return other === path ? "There is a file of this name." : `It differs from ${other} only in upper and lower case.`;
    if (known.startsWith(`${folded}/`)) return `${path} is a folder: it holds ${other}.`;
    if (folded.startsWith(`${known}/`)) return `${other} is a file, so it cannot hold others.`;
  }
  return null;
}
