"use client";

import useSWR, { mutate } from "swr";

import { answer, api } from "@/lib/api/client";
import type { CreateKey, NewApiKey } from "@/lib/api/types";

const keyKeys = { list: ["keys"] as const };

/** The API keys of whoever is signed in, the expired ones included. */
export function useKeys() {
  const { data, error, isLoading, mutate: refresh } = useSWR(keyKeys.list, () => answer(api.GET("/api/keys")));
  return { keys: data?.items, error: error as unknown, isLoading, refresh: () => refresh() };
}

/** Makes a key. The answer is the only place where the key itself is ever found. */
export async function createKey(body: CreateKey): Promise<NewApiKey> {
  const key = await answer(api.POST("/api/keys", { body }));
  void mutate(keyKeys.list);
  return key;
}

export async function revokeKey(id: string): Promise<void> {
  await answer(api.DELETE("/api/keys/{id}", { params: { path: { id } } }));
  await mutate(keyKeys.list);
}
