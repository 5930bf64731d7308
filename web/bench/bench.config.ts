import { defineConfig } from "@playwright/test";

import { browser } from "../e2e/browser";

// Figures of the dashboard of bin/voltrun in a browser, with test data (bench/README.md).
export default defineConfig({
  testDir: ".",
  testMatch: ["first-load.ts", "logview.ts"],
  outputDir: "../../build/web/bench",
  globalSetup: "../e2e/start-seeded-server.ts",
  reporter: [["line"]],
  workers: 1,
  timeout: 300_000,
  use: { ...browser, actionTimeout: 30_000 },
});
