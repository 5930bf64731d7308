"use client";

import useSWR, { mutate } from "swr";

import { answer, api } from "@/lib/api/client";
import type { User } from "@/lib/api/types";
import { forgetSession, updateUser } from "@/lib/session";

const accountKeys = { sessions: ["account", "sessions"] as const };

/** The sessions in which the account is signed in, the newest first. */
export function useSessions() {
  const { data, error, isLoading, mutate: refresh } = useSWR(accountKeys.sessions, () => answer(api.GET("/api/me/sessions")));
  return { sessions: data?.items, error: error as unknown, isLoading, refresh: () => refresh() };
}

export async function renameAccount(name: string): Promise<User> {
  const user = await answer(api.PATCH("/api/me", { body: { name } }));
  updateUser(user);
  return user;
}

/** Changes the password and ends every other session. */
export async function changePassword(current: string, next: string): Promise<void> {
  await answer(api.PUT("/api/me/password", { body: { current_password: current, new_password: next } }));
  await mutate(accountKeys.sessions);
}

export async function revokeSession(id: string): Promise<void> {
  await answer(api.DELETE("/api/me/sessions/{id}", { params: { path: { id } } }));
  await mutate(accountKeys.sessions);
}

/** Ends every session, this one included. */
export async function signOutEverywhere(): Promise<void> {
  await answer(api.DELETE("/api/me/sessions"));
  forgetSession();
}

/** Deletes the account with all it has. The session is over after it; the caller leaves the page. */
export async function deleteAccount(password: string): Promise<void> {
  await answer(api.DELETE("/api/me", { body: { password } }));
  // Drafts and test events of functions that are gone. After a mere sign-out they stay, for whoever comes back.
  for (const key of Object.keys(localStorage)) if (/^voltrun\.(draft|event)\./.test(key)) localStorage.removeItem(key);
}
