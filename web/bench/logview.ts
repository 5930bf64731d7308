import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { test } from "@playwright/test";

import { serverURL } from "../e2e/account";
import { browser } from "../e2e/browser";

test("a log of 100,000 lines", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "logview.mjs"), serverURL()], {
    env: { ...process.env, CHROMIUM: browser?.launchOptions?.executablePath ?? "" },
  });
  console.log(stdout);
});
