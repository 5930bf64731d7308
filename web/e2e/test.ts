import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";

import { newAccount, serverURL, signIn, type Account } from "./account";
import { makeThings, type Things } from "./things";

interface Fixtures {
  /** The account of all tests of a worker, which has the `things`, signed in in this context. */
  account: Account;
  /** Lets the pages of this test say what would fail it, such as the refusal that it provokes. */
  allow: (pattern: RegExp) => void;
  /** What was wrong with the pages so far. */
  faults: string[];
}

/**
 * Tests whose pages are watched: an error or a warning in the console (what the policy of the page refuses is one), an
 * uncaught error, a request that fails and one that leaves the origin fail the test, whatever else it looks at.
 */
export const test = base.extend<Fixtures & { allowed: RegExp[] }, { shared: Account; things: Things }>({
  allowed: async ({}, use) => use([]),
  allow: async ({ allowed }, use) => use((pattern) => void allowed.push(pattern)),
  faults: [
    async ({ context, allowed }, use) => {
      const faults: string[] = [];
      watch(context, new URL(serverURL()).origin, faults);
      await use(faults);
      expect(faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)))).toEqual([]);
    },
    { auto: true },
  ],
  shared: [async ({}, use) => use(await newAccount()), { scope: "worker" }],
  things: [async ({ shared }, use) => use(await makeThings(shared)), { scope: "worker" }],
  account: async ({ shared, context }, use) => {
    await signIn(context, shared);
    await use(shared);
  },
});

export { expect };

/** Watches every page of a context, those opened later too. */
export function watch(context: BrowserContext, origin: string, faults: string[]): void {
  context.on("page", (page) => watchPage(page, origin, faults));
  for (const page of context.pages()) watchPage(page, origin, faults);
}

function watchPage(page: Page, origin: string, faults: string[]): void {
  const where = () => new URL(page.url() === "about:blank" ? origin : page.url()).pathname;
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`${where()}: console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`${where()}: uncaught ${(error.stack ?? error.message).split("\n").slice(0, 8).join("\n")}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // What a page that is left, or a newer question, no longer needs is cancelled by the page itself.
    if (reason !== "net::ERR_ABORTED") faults.push(`${where()}: request failed: ${request.method()} ${request.url()}: ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${where()}: ${response.status()} ${response.request().method()} ${response.url()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) faults.push(`${where()}: request to another origin: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) faults.push(`${where()}: WebSocket to another origin: ${socket.url()}`);
  });
}
