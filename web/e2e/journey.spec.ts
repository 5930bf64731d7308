import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { freshAccount, serverURL } from "./account";
import { codeEditor, eventEditor, replaceText } from "./editor";
import { settled } from "./page";
import { expect, test } from "./test";

const curl = promisify(execFile);

const slow = `export const handler = async (event) => {
for (let i = 1; i <= 10; i++) {
console.log("step", i);
await new Promise((resume) => setTimeout(resume, 500));
}
return { answer: event.number * 2 };
};
`;
const broken = slow.replace('console.log("step", i);', "event.missing.field = i;");

test("from signing up to deleting, all that one does with a function", async ({ page, allow }) => {
  test.setTimeout(300_000);
  const account = freshAccount();
  const name = "journey";

  await test.step("sign up", async () => {
    await page.goto("/register");
    await page.getByLabel("Name").fill(account.name);
    await page.getByLabel("E-mail").fill(account.email);
    await page.getByLabel("Password", { exact: true }).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/functions\/new$/);
  });

  await test.step("create from a template", async () => {
    await settled(page, { heading: /^Create function$/ });
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Create function" }).click();
    await expect(page).toHaveURL(/\/functions\/fn_\w+$/);
    await settled(page, { heading: new RegExp(`^${name}$`) });
    await expect(page.getByText("v1", { exact: true })).toBeVisible();
  });
  const functionURL = page.url();

  await test.step("let it run for longer", async () => {
    const tabs = page.getByRole("navigation", { name });
    await tabs.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Timeout (ms)").fill("20000");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByRole("button", { name: "Save changes" })).toBeHidden();
    await tabs.getByRole("link", { name: "Code" }).click();
  });

  await test.step("edit and save, after looking at what changes", async () => {
    await replaceText(codeEditor(page), slow);
    await page.keyboard.press("ControlOrMeta+S");
    const dialog = page.getByRole("dialog", { name: "Save a new version" });
    await expect(dialog.locator(".monaco-diff-editor")).toContainText('console.log("step", i)');
    await dialog.getByLabel("Message").fill("Count to ten");
    await dialog.getByRole("button", { name: "Save version" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText("v2", { exact: true })).toBeVisible();
  });

  const result = page.getByRole("region", { name: "Result" });
  await test.step("run it and see its log while it runs", async () => {
    await replaceText(eventEditor(page), '{"number": 21}');
    await page.getByRole("button", { name: "Run", exact: true }).first().click();
    await expect(result.getByText("step 1", { exact: true })).toBeVisible();
    await expect(result.getByText("Running")).toBeVisible();
    await expect(result.getByText("step 10")).toBeHidden();
    await expect(result.getByText("Success")).toBeVisible();
    await expect(result.getByText("step 10")).toBeVisible();
    await expect(result.getByRole("group", { name: "output" })).toContainText("42");
    await expect(result.getByRole("table", { name: /^Phases of the execution/ })).toBeVisible();
  });

  await test.step("break it, see how it fails and jump to the line", async () => {
    await replaceText(codeEditor(page), broken);
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("dialog", { name: "Save and run" }).getByRole("button", { name: "Save and run" }).click();
    await expect(result.getByText("Failed")).toBeVisible();
    await expect(page.getByText("v3", { exact: true })).toBeVisible();
    await result.getByRole("button", { name: /line 3|:3\b/ }).first().click();
    await expect(page.getByRole("region", { name: "Code" }).locator(".active-line-number")).toHaveText("3");
    await expect(codeEditor(page)).toBeFocused();
  });

  await test.step("roll back", async () => {
    await page.getByRole("navigation", { name }).getByRole("link", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Roll back to version 2" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Roll back" }).click();
    await expect(page.getByText("v2", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Activate version 3" })).toBeVisible();
  });

  await test.step("replay what failed with the version that works, and compare", async () => {
    await page.goto("/executions?status=failed");
    await settled(page, { heading: /^Executions$/ });
    await page.getByRole("table", { name: "Executions" }).getByRole("link", { name }).first().click();
    await settled(page, { heading: new RegExp(name) });
    await page.getByRole("button", { name: "Replay" }).click();
    const dialog = page.getByRole("dialog", { name: "Replay this execution" });
    await dialog.getByText("The active version, v2").click();
    await dialog.getByRole("button", { name: "Replay" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Success" })).toBeVisible({ timeout: 20_000 });
    await page.getByRole("link", { name: "Compare with original" }).click();
    await expect(page).toHaveURL(/\/executions\/compare\?/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("Failed").first()).toBeVisible();
    await expect(page.getByText("Success").first()).toBeVisible();
  });

  await test.step("call it with a key, until the key is revoked", async () => {
    await page.goto("/keys");
    await page.getByRole("button", { name: "Create key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("curl");
    await dialog.getByText("Only these functions").click();
    await dialog.getByRole("group", { name: "Functions" }).getByLabel(name).check();
    await dialog.getByRole("button", { name: "Create key" }).click();
    const key = await dialog.getByRole("group", { name: "The key" }).innerText();
    expect(key).toMatch(/^vr_\w+/);
    await page.keyboard.press("Escape"); // it does not close before it is stored
    await dialog.getByRole("button", { name: "I have stored it" }).click();
    await expect(dialog).toBeHidden();

    const call = async (path: string, ...more: string[]) => {
      const { stdout } = await curl("curl", ["-sS", "-H", `Authorization: Bearer ${key}`, `${serverURL()}${path}`, ...more]);
      return JSON.parse(stdout) as { status: string | number; output?: unknown };
    };
    const execute = () => call(`/api/functions/${name}/execute`, "-H", "Content-Type: application/json", "-d", '{"input": {"number": 4}}');
    expect(await execute()).toMatchObject({ status: "success", output: { answer: 8 } });
    expect(await call("/api/executions")).toMatchObject({ status: 403 });

    await page.getByRole("button", { name: "Revoke curl" }).click();
    const question = page.getByRole("alertdialog");
    await expect(question.getByRole("button", { name: "Revoke key" })).toBeDisabled();
    await question.getByRole("textbox").fill("curl");
    await question.getByRole("button", { name: "Revoke key" }).click();
    await expect(page.getByText("No API keys yet")).toBeVisible();
    expect(await execute()).toMatchObject({ status: 401 });
  });

  await test.step("delete it", async () => {
    allow(/404 GET .*\/api\/functions\/fn_|console error: .* 404 .*\/api\/functions\/fn_/);
    await page.goto(`${functionURL}?tab=settings`);
    await page.getByRole("button", { name: "Delete function" }).click();
    const question = page.getByRole("alertdialog");
    await question.getByRole("textbox").fill(name);
    await question.getByRole("button", { name: "Delete function" }).click();
    await expect(page).toHaveURL(/\/functions$/);
    await expect(page.getByText(name, { exact: true })).toBeHidden();
  });
});
