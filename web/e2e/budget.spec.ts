import type { Page } from "@playwright/test";

import { open } from "./page";
import { publicRoutes, routesOf } from "./routes";
import { expect, test } from "./test";

const budget = 200 * 1024; // bytes of compressed JavaScript before Monaco

/** Counts the bytes that a page transfers of scripts, by path, from the sizes of the answers as they were sent. */
function countScripts(page: Page): () => Promise<Map<string, number>> {
  const pending: Promise<[string, number]>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script") return;
    pending.push(request.sizes().then(({ responseBodySize }) => [new URL(request.url()).pathname, responseBodySize]));
  });
  return async () => new Map(await Promise.all(pending));
}

test("the signed-in list of functions loads at most 200 KB of JavaScript, and is soon there", async ({ page, account: _, things: __ }) => {
  const scripts = countScripts(page);
  const started = Date.now();
  await page.goto("/functions", { waitUntil: "commit" });
  await expect(page.getByRole("link", { name: "greeting" }).first()).toBeVisible();
  const interactive = Date.now() - started;
  await page.waitForLoadState("networkidle");
  const sizes = await scripts();
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  console.log(`functions list: ${(bytes / 1024).toFixed(1)} KB of JavaScript in ${sizes.size} files; its rows were there after ${interactive} ms`);
  test.info().annotations.push({ type: "JavaScript", description: `${bytes} bytes` }, { type: "interactive", description: `${interactive} ms` });
  expect(sizes.size).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(budget);
  // bench/README.md has the time on a machine at rest; this one also runs the server, the machines and other tests.
  expect(interactive).toBeLessThan(10_000);
});

test("Monaco is fetched where there is an editor and nowhere else", async ({ context, things, account: _ }) => {
  test.setTimeout(180_000);
  for (const route of [...publicRoutes, ...routesOf(things)]) {
    await test.step(route.path, async () => {
      const page = await context.newPage(); // workers of a page that was left may still ask
      const asked: string[] = [];
      const note = (request: { url: () => string }) => asked.push(new URL(request.url()).pathname);
      page.on("request", note);
      await open(page, route);
      await page.close();
      const monaco = asked.filter((path) => path.startsWith("/monaco/"));
      if (route.editor) expect(monaco.length).toBeGreaterThan(0);
      else expect(monaco, route.path).toEqual([]);
    });
  }
});
