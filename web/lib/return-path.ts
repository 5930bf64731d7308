const lastKey = "voltrun.last-page";

/** A path of this site, or null: what comes from the address bar may lead anywhere. */
export function localPath(path: string | null): string | null {
  if (path === null || !path.startsWith("/") || path.startsWith("//") || path.includes("\\")) return null;
  try {
    const url = new URL(path, "http://here.invalid");
    return url.host === "here.invalid" ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/** Where to go after signing in: where the visitor wanted to, else the page left last, else the overview. */
export function pathAfterSignIn(next: string | null): string {
  return localPath(next) ?? localPath(localStorage.getItem(lastKey)) ?? "/overview";
}

export function rememberPage(path: string): void {
  localStorage.setItem(lastKey, path);
}
