import { newAccount, signIn } from "./account";
import { settled } from "./page";
import { expect, test } from "./test";

const overview = { heading: /^Overview$/ };

for (const locks of [true, false]) {
  test(`two tabs that renew the session at once stay signed in, ${locks ? "taking turns" : "without locks, as over plain HTTP"}`, async ({ context }) => {
    const account = await newAccount();
    await signIn(context, account);
    if (!locks) await context.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
    const tabs = [await context.newPage(), await context.newPage()];
    for (let round = 0; round < 3; round++) {
      await Promise.all(tabs.map((tab) => tab.goto("/overview")));
      await Promise.all(tabs.map((tab) => settled(tab, overview)));
    }
  });
}

test("signing out in one tab signs out the other, and signing in signs both in", async ({ context }) => {
  const account = await newAccount();
  await signIn(context, account);
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const tab of [one, other]) {
    await tab.goto("/overview");
    await settled(tab, overview);
  }
  await one.getByRole("button", { name: "Account menu" }).click();
  await one.getByRole("menuitem", { name: "Sign out" }).click();
  for (const tab of [one, other]) await expect(tab).toHaveURL(/\/login/);

  await one.getByLabel("E-mail").fill(account.email);
  await one.getByLabel("Password", { exact: true }).fill(account.password);
  await one.getByRole("button", { name: "Sign in" }).click();
  for (const tab of [one, other]) await settled(tab, overview);
});

test("what one account has loaded is not shown to the next", async ({ context, page, things: _, account: __ }) => {
  const second = await newAccount();
  await page.goto("/functions");
  await settled(page, { heading: /^Functions$/ });
  await expect(page.getByText("greeting", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").fill(second.email);
  await page.getByLabel("Password", { exact: true }).fill(second.password);
  // Everything that the first account had must be gone at the first paint, not only once the server has answered.
  await context.route("**/api/functions?*", () => undefined);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Functions");
  await expect(page.getByText("greeting", { exact: true })).toHaveCount(0);
});
