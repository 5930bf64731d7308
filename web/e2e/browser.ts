import { existsSync } from "node:fs";

import type { PlaywrightTestConfig } from "@playwright/test";

// Chromium refuses its sandbox to root; nobody else should do without it.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const debian = "/usr/bin/chromium";

/** The browser: $CHROMIUM_PATH, Debian's, or the one that Playwright has fetched. */
export const browser: PlaywrightTestConfig["use"] = {
  browserName: "chromium",
  // start-server.ts sets it; with an address of your own the tests use that server.
  baseURL: process.env.VOLTRUN_E2E_URL,
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? (existsSync(debian) ? debian : undefined),
    args,
  },
};
