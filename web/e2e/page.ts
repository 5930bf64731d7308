import type { Page } from "@playwright/test";

import { expect } from "./test";
import type { Route } from "./routes";

/** Waits until a page shows what it has: its heading is there and nothing is loading. */
export async function settled(page: Page, { heading, editor }: Pick<Route, "heading" | "editor">): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0, { timeout: 30_000 });
  if (editor) await expect(page.locator(editor).first()).toBeAttached({ timeout: 30_000 });
}

/** Opens an address and waits until it shows what it has. */
export async function open(page: Page, route: Route): Promise<void> {
  await page.goto(route.path);
  await settled(page, route);
}
