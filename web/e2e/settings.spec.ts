import { Api, newAccount, signIn, type Account } from "./account";
import { settled } from "./page";
import { expect, test } from "./test";
import type { BrowserContext, Page } from "@playwright/test";

const settings = { heading: /^Settings$/ };

async function openSettings(context: BrowserContext, account: Account): Promise<Page> {
  await signIn(context, account);
  const page = await context.newPage();
  await page.goto("/settings");
  await settled(page, settings);
  return page;
}

test("a changed password counts at once and ends the other sessions", async ({ context, allow }) => {
  const account = await newAccount();
  const elsewhere = await Api.as(account);
  const page = await openSettings(context, account);
  allow(/40[13]|422/); // the wrong password, and the session elsewhere

  const fill = async (current: string, next: string) => {
    await page.getByLabel("Current password", { exact: true }).fill(current);
    await page.getByLabel("New password", { exact: true }).fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await fill("not the password", "a longer password than before");
  await expect(page.getByLabel("Current password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await fill(account.password, "a longer password than before");
  await expect(page.getByText("Password changed")).toBeVisible();
  await expect(elsewhere.sessions()).rejects.toThrow("401");
  await page.reload();
  await settled(page, settings);
  await (await Api.as({ ...account, password: "a longer password than before" })).dispose();
});

test("signing out everywhere ends every session", async ({ context, allow }) => {
  const account = await newAccount();
  const elsewhere = await Api.as(account);
  const page = await openSettings(context, account);
  allow(/401/);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/login/);
  await expect(elsewhere.sessions()).rejects.toThrow("401");
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/login\?next=/);
});

test("one session is revoked from the list", async ({ context }) => {
  const account = await newAccount();
  const elsewhere = await Api.as(account);
  const page = await openSettings(context, account);
  const revoke = page.getByRole("button", { name: /^Revoke the session of/ });
  await expect(revoke).toHaveCount(2); // of the registration, and the newer one
  await revoke.first().click();
  await expect(revoke).toHaveCount(1);
  await expect(elsewhere.sessions()).rejects.toThrow("401");
  await page.reload();
  await settled(page, settings);
});

test("a deleted account is gone with what it had", async ({ context, allow }) => {
  const account = await newAccount();
  const api = await Api.as(account);
  const fn = await api.createFunction({ name: "mine", runtime: "nodejs", code: "exports.handler = async () => 1;" });
  const page = await openSettings(context, account);
  allow(/40[1-4]|422/);
  await page.evaluate((id) => localStorage.setItem(`voltrun.draft.${id}.1`, "{}"), fn.id);
  await page.getByRole("button", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Delete account" });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/Type/).fill(account.email);
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await confirm.click();
  await expect(dialog.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Password", { exact: true }).fill(account.password);
  await confirm.click();
  await expect(page).toHaveURL(/\/(login)?(\?.*)?$/);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("voltrun.draft.")))).toEqual([]);
  await expect(api.updateFunction(fn.id, { description: "still there" })).rejects.toThrow("401");
  await expect(Api.as(account)).rejects.toThrow("401");
});
