import { readFileSync } from "node:fs";
import type { NextConfig } from "next";

// `next build` exports static files that the server embeds; `next dev` proxies the API, so that the browser sees one origin.
const api = process.env.VOLTRUN_API ?? "http://127.0.0.1:8080";
const developing = process.env.NODE_ENV === "development";

const { version: monacoVersion } = JSON.parse(readFileSync("node_modules/monaco-editor/package.json", "utf8")) as { version: string };

const config: NextConfig = {
  // scripts/prepare.mjs puts the editor's files into a folder of this name.
  env: { MONACO_VERSION: monacoVersion },
  output: developing ? undefined : "export",
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  ...(developing && {
    rewrites: async () => [
      { source: "/api/:path*", destination: `${api}/api/:path*` },
      { source: "/readyz", destination: `${api}/readyz` },
    ],
  }),
};

export default config;
