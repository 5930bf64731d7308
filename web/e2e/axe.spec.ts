import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { open } from "./page";
import { publicRoutes, routesOf, type Route } from "./routes";
import { expect, test } from "./test";

const sizes = [
  { name: "wide", width: 1280, height: 800 },
  { name: "narrow", width: 360, height: 740 },
];

for (const colorScheme of ["dark", "light"] as const) {
  for (const { name, ...viewport } of sizes) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport });

      test("no public page violates a rule of accessibility, and none scrolls sideways", async ({ page }) => {
        for (const route of publicRoutes) await test.step(route.path, () => check(page, route));
      });

      test("no page violates a rule of accessibility, and none scrolls sideways", async ({ page, things, account: _ }) => {
        test.setTimeout(300_000);
        for (const route of routesOf(things)) await test.step(route.path, () => check(page, route));
      });
    });
  }
}

/** Looks at a page as it is when everything is there. The tests go on after a finding, so that one run tells them all. */
async function check(page: Page, route: Route): Promise<void> {
  await open(page, route);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
  expect.soft(found, route.path).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(sideways, `${route.path} is wider than the screen by`).toBeLessThanOrEqual(0); // less: the scrollbar's gutter
}
