import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const binary = resolve(import.meta.dirname, "..", process.env.VOLTRUN_BIN ?? "../bin/voltrun");
const startTimeout = 60_000; // ms; the first start unpacks the images of the machines

export interface Server {
  url: string;
  stop: () => Promise<void>;
}

export interface ServerOptions {
  /** What is done with the data folder before the server starts. */
  prepare?: (dataDir: string) => Promise<void>;
  settings?: Record<string, string>;
}

/** Starts bin/voltrun on a free port with a data folder of its own, which goes with it. */
export async function startServer({ prepare, settings = {} }: ServerOptions = {}): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), "voltrun-e2e-"));
  await prepare?.(dataDir);
  const port = await freePort();
  const flags = Object.entries({ "data-dir": dataDir, listen: `127.0.0.1:${port}`, "log-format": "console", "log-level": "warn", ...settings });
  const child = spawn(binary, ["serve", ...flags.map(([name, value]) => `--${name}=${value}`)], { stdio: ["ignore", "pipe", "pipe"] });
  const said = recent(child);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await end(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw new Error(`${binary} did not start: ${String(error)}\n${said()}`);
  }
  return { url, stop };
}

/** Runs a command of bin/voltrun to its end. */
export async function run(args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const said = recent(child);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${binary} ${args.join(" ")} ended with ${code}\n${said()}`);
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined); // raced below; without an error it never ends
  for (const deadline = Date.now() + startTimeout; ; ) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`it was not ready after ${startTimeout} ms`);
    const answered = await Promise.race([isReady(url), failed]);
    if (answered) return;
    await sleep(100);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false; // it does not listen yet
  }
}

/** Ends the process by its id: gently, then not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await closed;
  clearTimeout(timer);
}

/** The last of what a process has written, for when it fails. */
function recent(child: ChildProcess): () => string {
  let text = "";
  const keep = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-8000));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return () => text;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
