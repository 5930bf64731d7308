"use client";

import useSWR, { mutate } from "swr";

import { answer, api } from "@/lib/api/client";
import type { TestEvent } from "@/lib/api/types";

import { functionKeys } from "./functions";

/** The inputs that are kept with a function, by name. */
export function useTestEvents(id: string) {
  const { data, error, isLoading, mutate: refresh } = useSWR(functionKeys.testEvents(id), ([, ref]) =>
    answer(api.GET("/api/functions/{id}/events", { params: { path: { id: ref } } })),
  );
  return { testEvents: data?.items, error: error as unknown, isLoading, refresh: () => refresh() };
}

/** Keeps the input under the name, in place of what was kept there. */
export async function saveTestEvent(id: string, name: string, input: unknown): Promise<TestEvent> {
  const event = await answer(api.PUT("/api/functions/{id}/events/{name}", { params: { path: { id, name } }, body: { input } }));
  await mutate(functionKeys.testEvents(id));
  return event;
}

export async function deleteTestEvent(id: string, name: string): Promise<void> {
  await answer(api.DELETE("/api/functions/{id}/events/{name}", { params: { path: { id, name } } }));
  await mutate(functionKeys.testEvents(id));
}
