import { defineConfig } from "@playwright/test";

import { browser } from "./browser";

// Pictures of every page with test data, into build/screenshots: to be looked at, not compared.
export default defineConfig({
  testDir: ".",
  testMatch: "screenshots.ts",
  outputDir: "../../build/web/screenshots",
  globalSetup: "./start-seeded-server.ts",
  reporter: [["list"]],
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: { ...browser },
});
