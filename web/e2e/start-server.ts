import { startServer } from "./server";

/** Starts one server for all tests, unless VOLTRUN_E2E_URL names one that runs. */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.VOLTRUN_E2E_URL) return undefined;
  const server = await startServer();
  process.env.VOLTRUN_E2E_URL = server.url;
  return server.stop;
}
