import { test, type Browser, type BrowserContextOptions } from "@playwright/test";

import { serverURL, signIn } from "../e2e/account";
import { demo } from "../e2e/start-seeded-server";

const rounds = 5;
/** What each page is for: once it is there, the page can be used. */
const pages = [
  { path: "/functions", first: "main a[href^='/functions/fn_']" },
  { path: "/executions", first: "main a[href^='/executions/exe_']" },
  { path: "/overview", first: "main .u-over" },
  { path: "/logs", first: "main [role=region][aria-label^=Log]" },
];

test("first load of the signed-in pages, nothing cached", async ({ browser }) => {
  test.setTimeout(300_000);
  let state = await signedIn(browser);
  for (const page of pages) {
    const loads = [];
    for (let round = 0; round < rounds; round++) {
      const { after, ...figures } = await load(browser, page, state);
      loads.push(figures);
      state = after; // each load renews the session, and its cookie with it
    }
    const [times, sizes] = [loads.map(({ ms }) => ms), loads.map(({ bytes }) => bytes)];
    console.log(`${page.path.padEnd(12)} usable after ${median(times)} ms (${Math.min(...times)} to ${Math.max(...times)})   JavaScript ${(median(sizes) / 1024).toFixed(1)} KB`);
  }
});

type State = NonNullable<BrowserContextOptions["storageState"]>;

async function signedIn(browser: Browser): Promise<State> {
  const context = await browser.newContext({ baseURL: serverURL() });
  await signIn(context, demo);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Opens a page in a browser that has seen nothing: until its first row is there, and what scripts it has fetched when all is quiet. */
async function load(browser: Browser, { path, first }: (typeof pages)[number], storageState: State): Promise<{ ms: number; bytes: number; after: State }> {
  const context = await browser.newContext({ baseURL: serverURL(), storageState });
  const page = await context.newPage();
  const scripts: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script") scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  const started = Date.now();
  await page.goto(path, { waitUntil: "commit" });
  await page.locator(first).first().waitFor(); // drawn by the script that makes it work; pointing at a link would fetch what is behind it
  const ms = Date.now() - started;
  await page.waitForLoadState("networkidle");
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  const after = await context.storageState();
  await context.close();
  return { ms, bytes, after };
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
