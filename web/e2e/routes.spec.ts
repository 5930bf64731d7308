import { open, settled } from "./page";
import { publicRoutes, routesOf } from "./routes";
import { expect, test } from "./test";

test("every page can be opened by its address and loaded again", async ({ page, account: _, things }) => {
  test.setTimeout(240_000);
  for (const route of routesOf(things)) {
    await test.step(route.path, async () => {
      await open(page, route);
      await page.reload();
      await settled(page, route);
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(route.path);
    });
  }
});

test("public pages need no session and ask for none", async ({ page }) => {
  for (const route of publicRoutes) {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await open(page, route);
    expect(asked.filter((path) => path.startsWith("/api/"))).toEqual([]);
  }
});

test("whoever is signed out is sent to the sign-in and comes back to where they wanted to", async ({ page, shared }) => {
  await page.goto("/executions?status=failed");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("E-mail").fill(shared.email);
  await page.getByLabel("Password", { exact: true }).fill(shared.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await settled(page, { heading: /^Executions$/ });
  expect(new URL(page.url()).search).toBe("?status=failed");
});

test("the back button walks through pages and tabs", async ({ page, account: _, things: { functionId } }) => {
  await open(page, { path: "/functions", heading: /^Functions$/ });
  await page.goto(`/functions/${functionId}`);
  await settled(page, { heading: /^greeting$/ });
  const tabs = page.getByRole("navigation", { name: "greeting" });
  for (const [tab, search] of [["Versions", "?tab=versions"], ["Settings", "?tab=settings"]] as const) {
    await tabs.getByRole("link", { name: tab }).click();
    await expect(page).toHaveURL((url) => url.search === search);
  }
  await page.goBack();
  await expect(tabs.getByRole("link", { name: "Versions" })).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await expect(tabs.getByRole("link", { name: "Code" })).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await settled(page, { heading: /^Functions$/ });
  await page.goForward();
  await settled(page, { heading: /^greeting$/ });
});

test("an address without a page is answered with status 404 and says so", async ({ page, allow }) => {
  allow(/404/);
  for (const path of ["/nothing-here", "/functions/x/y/z", "/executions/a/b"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no page at this address");
  }
});

test("an id without a thing says so", async ({ page, account: _, allow }) => {
  allow(/404/);
  await page.goto("/functions/fn_00000000000000000000000000");
  await expect(page.getByText("There is no such function")).toBeVisible();
  await page.goto("/executions/exe_00000000000000000000000000");
  await expect(page.getByText("There is no such execution")).toBeVisible();
});
