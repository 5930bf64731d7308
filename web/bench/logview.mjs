// How a log of 100,000 lines scrolls: opens the page of an execution whose answers are made here, in a browser, and
// prints frames per second and long frames while it is read at three speeds, searched and filtered.
//
//   node bench/logview.mjs [address of the dashboard, http://localhost:3000] [lines]
//
// It is the dashboard as it is built that counts: with "next dev" React alone takes several times as long.
//
// CHROMIUM names the browser's executable where Playwright has none of its own.
import { chromium } from "@playwright/test";

const [base = "http://localhost:3000", count = "100000"] = process.argv.slice(2);
const id = "exe_01J00000000000000000000000";
const time = "2026-01-01T00:00:00.000Z";

const lines = Array.from({ length: Number(count) }, (_, i) => ({
  seq: i + 1,
  time: new Date(Date.parse(time) + i).toISOString(),
  stream: i % 11 === 0 ? "stderr" : "stdout",
  text:
    i % 3 === 0
      ? `\x1b[32mok\x1b[0m \x1b[2m${i}\x1b[0m \x1b[36mGET\x1b[0m /items/${i}`
      : i % 3 === 1
        ? JSON.stringify({ level: ["debug", "info", "warn", "error"][i % 4], message: "request served", i, path: "/items" })
        : `INFO plain line ${i} ${"x".repeat(i % 160)}`,
}));
const execution = {
  id, function_id: "fn_1", function_name: "bench", version: 1, status: "success", trigger: "api", attempt: 1, start: "cold", error: null,
  logs_truncated_bytes: 0, exit_code: null, memory_peak_bytes: 1e7, created_at: time, started_at: time, finished_at: time, duration_ms: 12,
  phases: [{ name: "handler", ms: 12 }], replay_of: null, request_id: null, input: {}, output: {}, logs: "",
};
const user = { id: "usr_1", email: "bench@example.com", name: "Bench", created_at: time };

const answers = [
  ["/api/auth/refresh", () => ({ token: "t", expires_at: new Date(Date.now() + 3.6e6).toISOString(), user })],
  [`/api/executions/${id}/logs`, (url) => ({ items: lines.filter((l) => l.seq > Number(url.searchParams.get("after") ?? 0)).slice(0, 10_000), truncated_bytes: 0 })],
  [`/api/executions/${id}`, () => execution],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || undefined, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.addInitScript(() => localStorage.setItem("voltrun.session", "1"));
await page.route("**/api/**", (route) => {
  const url = new URL(route.request().url());
  const found = answers.find(([path]) => path === url.pathname);
  return found ? route.fulfill({ json: found[1](url) }) : route.fulfill({ status: 404, json: {} });
});
// Time that the main thread worked, and not time that passed: it is the same on a machine that does other things too.
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable", { timeDomain: "threadTicks" });
const worked = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;

const began = Date.now();
await page.goto(`${base}/executions/${id}`);
const log = page.getByRole("region", { name: "Log", exact: true });
await log.waitFor({ timeout: 120_000 });
console.log(`${lines.length} lines; in sight after ${Date.now() - began} ms, loading of the page included`);

/** Scrolls by `step` pixels a frame for `seconds`, and says how long the frames were. */
async function scroll(name, step, seconds) {
  const before = await worked();
  const frames = await log.evaluate(
    (element, [step, seconds]) =>
      new Promise((resolve) => {
        const frames = [];
        element.scrollTop = 0;
        let before = performance.now();
        const until = before + seconds * 1000;
        const frame = (now) => {
          frames.push(now - before);
          before = now;
          element.scrollTop = (element.scrollTop + step) % (element.scrollHeight - element.clientHeight);
          if (now < until) requestAnimationFrame(frame);
          else resolve(frames.slice(2));
        };
        requestAnimationFrame(frame);
      }),
    [step, seconds],
  );
  report(name, frames, (await worked()) - before);
}

function report(name, frames, work) {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  const sum = frames.reduce((a, b) => a + b, 0);
  console.log(
    `${name.padEnd(34)} ${((frames.length * 1000) / sum).toFixed(1).padStart(5)} frames/s   median ${at(0.5)} ms   p95 ${at(0.95)} ms   longest ${at(1)} ms   over 50 ms: ${frames.filter((f) => f > 50).length} of ${frames.length}   work ${(work / frames.length).toFixed(1)} ms a frame`,
  );
}

async function timed(name, act) {
  const start = Date.now();
  await act();
  console.log(`${name.padEnd(34)} ${Date.now() - start} ms`);
}

await scroll("idle", 0, 3);
await scroll("reading, 4 px a frame", 4, 5);
await scroll("a wheel turned fast, 120 px", 120, 5);
await scroll("the bar dragged, 20,000 px", 20_000, 5);
await timed("search for one line of all", async () => {
  await page.getByPlaceholder("Search the log").fill(`line ${lines.length - (lines.length % 3) - 1} `);
  await page.getByText("1 of 1").waitFor();
});
await timed("search that a third match", async () => {
  await page.getByPlaceholder("Search the log").fill("request served");
  await page.getByText(/^1 of [0-9]{2},/).waitFor();
});
await page.getByPlaceholder("Search the log").fill("");
await timed("filter by level", async () => {
  await page.getByRole("button", { name: "Level" }).click();
  await page.getByRole("checkbox", { name: "Error" }).check();
  await page.waitForFunction(() => document.querySelector("[role=region][aria-label=Log]")?.textContent?.includes('"level":"error"'));
});
await page.keyboard.press("Escape");
await scroll("filtered, 120 px", 120, 3);
await browser.close();
