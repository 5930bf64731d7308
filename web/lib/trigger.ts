import type { ExecutionTrigger } from "@/lib/api/types";

const labels: Record<ExecutionTrigger, string> = { api: "API", async: "API, async", replay: "Replay" };

export const triggers = Object.keys(labels) as ExecutionTrigger[];

/** What made an execution, as it is called everywhere. */
export function triggerLabel(trigger: ExecutionTrigger): string {
  return labels[trigger];
}
