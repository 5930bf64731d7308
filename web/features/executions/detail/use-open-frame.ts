"use client";

import { useRouter } from "next/navigation";

import type { Execution } from "@/lib/api/types";

import { useParent } from "./use-parent";

/** Leads from a line of a stack trace to that line in the editor; undefined where the function is gone. */
export function useOpenFrame(execution: Execution): ((file: string, line: number) => void) | undefined {
  const router = useRouter();
  const { function_id, version } = execution;
  const { fn } = useParent(execution);
  if (!fn) return undefined;
  return (file, line) => {
    const place = new URLSearchParams({ file, line: String(line), ...(fn.version !== version && { version: String(version) }) });
    router.push(`/functions/${function_id}?${place}`);
  };
}
