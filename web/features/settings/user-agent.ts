/** What a session's user agent says of itself. It is a claim of the other side and decides nothing. */
export interface Client {
  /** "Firefox 133", "volt 1.4.0". */
  program: string;
  /** "macOS"; null where it is not said. */
  system: string | null;
}

// In this order: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
const browsers: [name: string, version: RegExp][] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]*.*\bSafari\//],
];

// Android says that it is Linux, and an iPhone that it is like Mac OS X.
const systems: [name: string, sign: RegExp][] = [
  ["Android", /\bAndroid\b/],
  ["iOS", /\b(?:iPhone|iPad|iPod)\b/],
  ["Windows", /\bWindows NT\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
];

const longest = 60;

/** Reads a User-Agent header; null when it says nothing. */
export function readUserAgent(text: string): Client | null {
  const agent = text.trim();
  if (agent === "") return null;
  const system = systems.find(([, sign]) => sign.test(agent))?.[0] ?? null;
  for (const [name, version] of browsers) {
    const number = version.exec(agent)?.[1];
    if (number !== undefined) return { program: `${name} ${number}`, system };
  }
  // Everything but browsers says program/version first.
  const [, program, version] = /^([\w.+-]+)\/([\w.+-]+)/.exec(agent) ?? [];
  const own = program === undefined || version === undefined || program === "Mozilla" ? agent : `${program} ${version}`;
  return { program: own.length > longest ? `${own.slice(0, longest)}…` : own, system };
}
