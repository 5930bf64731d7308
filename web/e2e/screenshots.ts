import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { test, type Page } from "@playwright/test";

import { Api, signIn } from "./account";
import { open } from "./page";
import { publicRoutes, routesOf, type Route } from "./routes";
import { demo } from "./start-seeded-server";

const folder = join(import.meta.dirname, "../../build/screenshots");
const sizes = [
  { name: "1280", width: 1280, height: 800 },
  { name: "360", width: 360, height: 740 },
];

test.beforeAll(() => mkdirSync(folder, { recursive: true }));

for (const colorScheme of ["dark", "light"] as const) {
  for (const { name, ...viewport } of sizes) {
    test.describe(`${colorScheme} ${name}`, () => {
      test.use({ colorScheme, viewport });

      test("public pages", async ({ page }) => {
        for (const route of publicRoutes) await picture(page, route, `${colorScheme}-${name}`);
      });

      test("pages of the demo user", async ({ page, context }) => {
        await signIn(context, demo);
        for (const route of await seededRoutes()) await picture(page, route, `${colorScheme}-${name}`);
      });
    });
  }
}

/** The routes with the test data's newest executions, one that went well and one that did not. */
async function seededRoutes(): Promise<Route[]> {
  const api = await Api.as(demo);
  const [done] = await api.executions("success");
  const [failed] = await api.executions("failed");
  await api.dispose();
  if (done === undefined || failed === undefined) throw new Error("the server has no executions: run voltrun seed on its data folder");
  // Whatever the things are called, their pages have a heading.
  return routesOf({ functionId: done.function_id, executionId: done.id, failedId: failed.id }).map((route) => ({ ...route, heading: /./ }));
}

async function picture(page: Page, route: Route, look: string): Promise<void> {
  await test.step(route.path, async () => {
    await open(page, route);
    await page.waitForTimeout(300); // charts are drawn after their data has come
    await page.screenshot({ path: join(folder, `${fileName(route.path)}-${look}.png`), fullPage: true, animations: "disabled" });
  });
}

/** functions-new, function-settings, executions-status-failed: without what differs from run to run. */
function fileName(path: string): string {
  const named = path
    .replace(/^\/functions\/fn_\w+(\?tab=)?/, "/function-")
    .replace(/^\/executions\/exe_\w+/, "/execution")
    .replace(/\?a=.*/, "")
    .replace(/^\/|-$/g, "")
    .replace(/\W+/g, "-");
  return named === "" ? "landing" : named;
}
