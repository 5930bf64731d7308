import { problemOf, unreachable } from "@/lib/api/problem";
import type { SignIn, User } from "@/lib/api/types";

/**
 * Who is signed in, in this tab. The access token lives in memory only; the refresh token is an HttpOnly cookie
 * that no script sees. `expired` means that somebody was signed in here and is not any more: the page stays as it
 * is, with what was typed, and asks for the password again.
 */
export type SessionState =
  | { phase: "unknown" }
  | { phase: "signed-out" }
  | { phase: "signed-in"; user: User; token: string; expiresAt: number }
  | { phase: "expired"; user: User };

/** A token is renewed when less than this is left of it, in milliseconds. */
const renewBefore = 30_000;
/** Set while this browser has a refresh cookie, so that a visitor who never signed in causes no refused request. */
const hintKey = "voltrun.session";

let state: SessionState = { phase: "unknown" };
const listeners = new Set<() => void>();
let renewal: Promise<void> | null = null;

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("voltrun.session");
channel?.addEventListener("message", (event: MessageEvent<"signed-in" | "signed-out">) => {
  if (event.data === "signed-out") {
    sessionStorage.clear();
    if (state.phase !== "unknown") set({ phase: "signed-out" });
  }
  if (event.data === "signed-in" && state.phase !== "signed-in") {
    renew().catch(() => undefined); // the server is away again: this tab goes on asking for the password
  }
});

function set(next: SessionState) {
  state = next;
  for (const listener of listeners) listener();
}

export function sessionState(): SessionState {
  return state;
}

/** Whether this browser was signed in when it was last here; the session may have ended since. */
export function mayBeSignedIn(): boolean {
  return localStorage.getItem(hintKey) !== null;
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Finds out who is signed in when the page has just been loaded. */
export async function restoreSession(): Promise<void> {
  if (state.phase !== "unknown") return;
  if (!mayBeSignedIn()) set({ phase: "signed-out" });
  else await renew();
}

/** A token that is good for a while, or null when nobody is signed in. `rejected` is one that the server did not take. */
export async function accessToken(rejected?: string): Promise<string | null> {
  if (state.phase === "unknown") await restoreSession();
  if (state.phase === "signed-in" && (state.token === rejected || state.expiresAt - Date.now() < renewBefore)) await renew();
  return state.phase === "signed-in" ? state.token : null;
}

export async function signIn(email: string, password: string): Promise<void> {
  accept(await post("/api/auth/login", { email, password }));
  channel?.postMessage("signed-in");
}

export async function signUp(email: string, password: string, name: string): Promise<void> {
  accept(await post("/api/auth/register", { email, password, name }));
  channel?.postMessage("signed-in");
}

/** Ends this session on the server and in every tab. It is over here even when the server cannot be reached. */
export async function signOut(): Promise<void> {
  const token = state.phase === "signed-in" ? state.token : null;
  forgetSession();
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  try {
    await fetch("/api/auth/logout", { method: "POST", headers });
  } catch {
    throw unreachable();
  }
}

/** Forgets who was signed in and what tabs keep for their own time, in every tab, after the server has ended the session. */
export function forgetSession(): void {
  localStorage.removeItem(hintKey);
  sessionStorage.clear();
  set({ phase: "signed-out" });
  channel?.postMessage("signed-out");
}

/** Shows a changed profile at once. */
export function updateUser(user: User): void {
  if (state.phase === "signed-in") set({ ...state, user });
}

/** Gets a new token for the cookie: one request at a time, over all tabs, as each use of the cookie replaces it. */
function renew(): Promise<void> {
  renewal ??= withLock(async () => {
    const response = await request("/api/auth/refresh", undefined);
    if (response.ok) accept((await response.json()) as SignIn);
    else if (response.status === 401 || response.status === 403) lost();
    else throw problemOf(response, await bodyOf(response));
  }).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function withLock(work: () => Promise<void>): Promise<void> {
  // Locks exist in secure contexts only: over plain HTTP the server's grace for a cookie used twice has to do.
  if (navigator.locks) await navigator.locks.request("voltrun.refresh", work);
  else await work();
}

function accept(signed: SignIn) {
  localStorage.setItem(hintKey, "1");
  set({ phase: "signed-in", user: signed.user, token: signed.token, expiresAt: Date.parse(signed.expires_at) });
}

function lost() {
  localStorage.removeItem(hintKey);
  if (state.phase === "signed-in") set({ phase: "expired", user: state.user });
  else if (state.phase === "unknown") set({ phase: "signed-out" });
}

async function post(path: string, body: unknown): Promise<SignIn> {
  const response = await request(path, body);
  if (!response.ok) throw problemOf(response, await bodyOf(response));
  return (await response.json()) as SignIn;
}

async function request(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      ...(body !== undefined && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    throw unreachable();
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // a proxy's page and not the server's answer: the status says enough
  }
}
