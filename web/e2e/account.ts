import { randomBytes } from "node:crypto";

import { request, type APIRequestContext, type APIResponse, type BrowserContext } from "@playwright/test";

import type { components } from "../lib/api/schema";

type Schemas = components["schemas"];

type Credentials = Schemas["Credentials"];
export type Account = Credentials & { name: string };

/** The address of the server that the tests use. */
export function serverURL(): string {
  const url = process.env.VOLTRUN_E2E_URL;
  if (!url) throw new Error("VOLTRUN_E2E_URL is not set: start-server.ts sets it");
  return url;
}

/** An account that no other test uses. */
export function freshAccount(): Account {
  return { email: `e2e-${randomBytes(6).toString("hex")}@example.com`, password: "correct horse battery staple", name: "Ada" };
}

/** Registers an account without a browser. */
export async function newAccount(): Promise<Account> {
  const account = freshAccount();
  const api = await request.newContext({ baseURL: serverURL() });
  await answered(await patiently(() => api.post("/api/auth/register", { data: account })));
  await api.dispose();
  return account;
}

/** Gives a browser a session: the cookie, and the mark that there is one. */
export async function signIn(context: BrowserContext, { email, password }: Credentials): Promise<void> {
  await answered(await patiently(() => context.request.post(`${serverURL()}/api/auth/login`, { data: { email, password } })));
  const page = await context.newPage();
  await page.goto(`${serverURL()}/api/docs`);
  await page.evaluate(() => localStorage.setItem("voltrun.session", "1"));
  await page.close();
}

/** The API as the account, with a session of its own. */
export class Api {
  private constructor(private readonly context: APIRequestContext) {}

  static async as({ email, password }: Credentials): Promise<Api> {
    const api = await request.newContext({ baseURL: serverURL() });
    const { token } = await answered<Schemas["SignIn"]>(await patiently(() => api.post("/api/auth/login", { data: { email, password } })));
    await api.dispose();
    return new Api(await request.newContext({ baseURL: serverURL(), extraHTTPHeaders: { Authorization: `Bearer ${token}` } }));
  }

  async createFunction(data: Schemas["CreateFunctionInputBody"]): Promise<Schemas["Function"]> {
    return answered(await this.context.post("/api/functions", { data }));
  }

  async updateFunction(id: string, data: Schemas["UpdateFunctionInputBody"]): Promise<Schemas["Function"]> {
    return answered(await this.context.patch(`/api/functions/${id}`, { data }));
  }

  /** Runs a function and waits for its end. */
  async execute(id: string, input: unknown): Promise<Schemas["Execution"]> {
    return answered(await this.context.post(`/api/functions/${id}/execute`, { data: { input } }));
  }

  /** The newest executions of a status. */
  async executions(status: Schemas["ExecutionSummary"]["status"]): Promise<Schemas["ExecutionSummary"][]> {
    return (await answered<Schemas["ExecutionsOutputBody"]>(await this.context.get("/api/executions", { params: { status } }))).items;
  }

  async sessions(): Promise<Schemas["Session"][]> {
    return (await answered<Schemas["SessionsOutputBody"]>(await this.context.get("/api/me/sessions"))).items;
  }

  async revokeSession(id: string): Promise<void> {
    await answered(await this.context.delete(`/api/me/sessions/${id}`));
  }

  dispose(): Promise<void> {
    return this.context.dispose();
  }
}

async function answered<T>(response: APIResponse): Promise<T> {
  if (!response.ok()) throw new Error(`${response.url()} answered ${response.status()}: ${await response.text()}`);
  return (response.status() === 204 ? undefined : await response.json()) as T;
}

/** Sign-ins from one address are limited, and all of these come from one. */
async function patiently(call: () => Promise<APIResponse>): Promise<APIResponse> {
  for (let attempt = 0; ; attempt++) {
    const response = await call();
    if (response.status() !== 429 || attempt === 5) return response;
    const seconds = Number(response.headers()["retry-after"] ?? 1);
    await new Promise((resume) => setTimeout(resume, seconds * 1000));
  }
}
