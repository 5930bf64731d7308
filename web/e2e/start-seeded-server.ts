import { join } from "node:path";

import { run, startServer } from "./server";

/** The account that `voltrun seed` makes. */
export const demo = { email: "demo@voltrun.local", password: process.env.VOLTRUN_SEED_PASSWORD ?? "correct horse battery staple" };

/** Starts a server with test data, unless VOLTRUN_E2E_URL names one that has some. */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.VOLTRUN_E2E_URL) return undefined;
  const prepare = (dataDir: string) => run(["seed", "--data-dir", join(dataDir)], { VOLTRUN_SEED_PASSWORD: demo.password });
  const server = await startServer({ prepare });
  process.env.VOLTRUN_E2E_URL = server.url;
  return server.stop;
}
