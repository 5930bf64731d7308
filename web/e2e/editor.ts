import { expect, type Locator, type Page } from "@playwright/test";

/** The code editor of a function's page; its name begins with the file that is open. */
export function codeEditor(page: Page): Locator {
  return page.getByRole("region", { name: "Code" }).getByRole("textbox", { name: /Ctrl\+M lets Tab leave/ });
}

/** The editor of the event that a function is run with. */
export function eventEditor(page: Page): Locator {
  return page.getByRole("textbox", { name: /^Test event/ });
}

/** Replaces everything in an editor by pasting: what is typed would have its brackets closed by the editor. */
export async function replaceText(editor: Locator, text: string): Promise<void> {
  const page = editor.page();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await expect(editor).toBeAttached({ timeout: 30_000 }); // it has no size of its own
  // What was there when the page opened may still be on its way in.
  await expect(async () => {
    await editor.focus();
    await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await editor.press("ControlOrMeta+A");
    await editor.press("ControlOrMeta+V");
    await expect.poll(() => textOf(editor), { timeout: 2000 }).toBe(withoutSpace(text));
  }).toPass({ timeout: 15_000 });
}

/** Expects a text in an editor, whatever its indentation. */
export async function expectText(editor: Locator, text: string): Promise<void> {
  await expect(editor).toBeAttached({ timeout: 30_000 });
  await expect.poll(() => textOf(editor)).toBe(withoutSpace(text));
}

/** What an editor shows, without white space. It draws its lines in any order and places each by its style. */
async function textOf(editor: Locator): Promise<string> {
  const lines = await editor.locator("xpath=ancestor::*[contains(@class, 'monaco-editor')][1]").locator(".view-line").evaluateAll((found) =>
    found
      .map((line) => ({ top: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return withoutSpace(lines.join(""));
}

function withoutSpace(text: string): string {
  return text.replace(/\s/g, "");
}
