import { Api, newAccount, serverURL, signIn, type Account } from "./account";
import { codeEditor, expectText, replaceText } from "./editor";
import { settled } from "./page";
import { expect, test } from "./test";

// What the server refuses while nobody is signed in, and what the browser says of it.
const refusals = [/: 401 /, /console error: .* 401 /];

/** Ends every session of the account on the server, as a change of the password on another machine would. */
async function endSessions(account: Account): Promise<void> {
  const api = await Api.as(account);
  const own = (await api.sessions()).filter((session) => !session.current);
  for (const session of own) await api.revokeSession(session.id);
  await api.dispose();
}

test("a session that ends in the middle of writing loses nothing", async ({ page, context, allow }) => {
  refusals.forEach(allow);
  const account = await newAccount();
  const api = await Api.as(account);
  const { id } = await api.createFunction({ name: "kept", runtime: "nodejs", code: "export const handler = async () => 1;\n" });
  await signIn(context, account);
  await page.goto(`/functions/${id}`);
  await settled(page, { heading: /^kept$/ });
  const code = "export const handler = async () => 2;\n";
  await replaceText(codeEditor(page), code);
  await endSessions(account);

  await page.keyboard.press("ControlOrMeta+S");
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await expect(again).toContainText(account.email);
  await again.getByLabel("Password", { exact: true }).fill("not the password");
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByRole("alert")).toBeVisible();
  await again.getByLabel("Password", { exact: true }).fill(account.password);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again).toBeHidden();

  await expectText(codeEditor(page), code);
  const save = page.getByRole("dialog", { name: "Save a new version" });
  if (!(await save.isVisible())) await codeEditor(page).press("ControlOrMeta+S");
  await save.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText("v2", { exact: true })).toBeVisible();
  await page.reload();
  await expectText(codeEditor(page), code);
  await api.dispose();
});

test("a form keeps what was typed when its session ends", async ({ page, context, allow }) => {
  refusals.forEach(allow);
  const account = await newAccount();
  await signIn(context, account);
  await page.goto("/keys");
  await page.getByRole("button", { name: "Create key" }).click();
  const form = page.getByRole("dialog", { name: "Create an API key" });
  await form.getByLabel("Name").fill("deploys of the site");
  await form.getByText("Read executions", { exact: true }).click();
  await endSessions(account);
  await form.getByRole("button", { name: "Create key" }).click();

  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.getByLabel("Password", { exact: true }).fill(account.password);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again).toBeHidden();
  await expect(form.getByLabel("Name")).toHaveValue("deploys of the site");
  await expect(form.getByRole("checkbox", { name: /^Read executions/ })).toBeChecked();
  await form.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByRole("cell", { name: "deploys of the site", exact: true })).toBeVisible();
});

test("a page that is loaded after its session has ended leads to the sign-in", async ({ page, context, allow }) => {
  refusals.forEach(allow);
  const account = await newAccount();
  await signIn(context, account);
  await endSessions(account);
  await page.goto("/status");
  await expect(page).toHaveURL(`${serverURL()}/login?next=%2Fstatus`);
});

test("a page that is loaded while the server is away says so, and goes on once it is back", async ({ page, context, account: _, allow }) => {
  allow(/ERR_CONNECTION_REFUSED/);
  await context.route("**/api/auth/refresh", (route) => route.abort("connectionrefused"));
  await page.goto("/status");
  await expect(page.getByRole("alert").filter({ hasText: "The server cannot be reached" })).toBeVisible();
  await context.unroute("**/api/auth/refresh");
  await page.getByRole("button", { name: "Retry" }).click();
  await settled(page, { heading: /^Status$/ });
});
