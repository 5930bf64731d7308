import createClient from "openapi-fetch";

import { problemOf, unreachable } from "./problem";
import type { paths } from "./schema";
import { accessToken } from "@/lib/session";

/** Sends a request with the token of the session. A token that ran out early is renewed once and the request sent again. */
async function authorized(request: Request): Promise<Response> {
  const again = request.clone();
  const token = await accessToken();
  const response = await send(request, token);
  if (response.status !== 401 || token === null) return response;
  const renewed = await accessToken(token);
  return renewed === null ? response : send(again, renewed);
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw unreachable();
  }
}

/** The typed API. Give its promises to `answer`. */
export const api = createClient<paths>({ baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin, fetch: authorized });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; anything else is thrown as an ApiError. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response, error);
  return data as T;
}

/** How the server answers a plain request for the path, or 0 when it does not: a browser hides that of a refused WebSocket. */
export async function statusOf(path: string): Promise<number> {
  try {
    return (await authorized(new Request(new URL(path, location.origin), { cache: "no-store" }))).status;
  } catch {
    return 0;
  }
}
