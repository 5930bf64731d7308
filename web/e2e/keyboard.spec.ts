import { open } from "./page";
import { expect, test } from "./test";

test.beforeEach(async ({ page, account: _ }) => open(page, { path: "/keys", heading: /^API keys$/ }));

test("everything can be reached by the keys that the help names", async ({ page }) => {
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  for (const [key, path] of [["o", "/overview"], ["f", "/functions"], ["e", "/executions"], ["l", "/logs"], ["r", "/reference"], ["s", "/status"], ["p", "/settings"], ["k", "/keys"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key ?? "");
    await expect(page).toHaveURL((url) => url.pathname === path);
  }
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/functions\/new$/);
});

test("the palette finds pages and functions, and gives the focus back", async ({ page, things }) => {
  const button = page.getByRole("main").getByRole("button", { name: "Create key" });
  await button.focus();
  await page.keyboard.press("ControlOrMeta+K");
  const palette = page.getByRole("dialog", { name: "Go to" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(button).toBeFocused();

  await page.keyboard.press("ControlOrMeta+K");
  await expect(palette.getByRole("combobox")).toHaveValue("");
  await page.keyboard.type("greeting");
  await expect(palette.getByRole("option", { name: /greeting/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.pathname === `/functions/${things.functionId}`);
});

test("shortcuts leave alone what is typed", async ({ page }) => {
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  const search = page.getByRole("searchbox");
  await expect(search).toBeVisible();
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await page.keyboard.type("gk?c");
  await expect(search).toHaveValue("gk?c");
  await expect(page).toHaveURL(/\/reference$/);
  await page.keyboard.press("Escape");
  await expect(search).toHaveValue("");
});

test("menus and dialogs are left by Escape and give the focus back", async ({ page }) => {
  const menu = page.getByRole("button", { name: "Account menu" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();

  const create = page.getByRole("main").getByRole("button", { name: "Create key" });
  await create.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(create).toBeFocused();
});

test("on a narrow screen the menu is a sheet that closes when it has led somewhere", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const opener = page.getByRole("button", { name: "Menu", exact: true });
  await opener.focus();
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog", { name: "Menu" });
  await expect(sheet).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
  await opener.click();
  await sheet.getByRole("link", { name: "Status" }).click();
  await expect(page).toHaveURL(/\/status$/);
  await expect(sheet).toBeHidden();
});
