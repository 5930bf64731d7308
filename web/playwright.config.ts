import { defineConfig } from "@playwright/test";

import { browser } from "./e2e/browser";

// The dashboard of bin/voltrun in a browser, with real machines. One worker: the server and the browser share the machine.
export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/start-server.ts",
  outputDir: "../build/web/e2e",
  reporter: [["list"]],
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: { ...browser, actionTimeout: 15_000, trace: "retain-on-failure" },
});
