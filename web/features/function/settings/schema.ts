import { z } from "zod";

import type { Func, UpdateFunction } from "@/lib/api/types";
import { functionNameProblem } from "@/lib/function-name";

/** A whole number as it is typed. */
function whole(min: number, max: number) {
  const ok = (text: string) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
  return z.string().trim().refine(ok, `Type a whole number from ${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}.`);
}

/** The server's rules (function_rules.go), told before it is asked. The fields are called as in the API. */
export const settingsSchema = z.object({
  name: z.string().superRefine((name, context) => {
    const message = functionNameProblem(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
  description: z.string().max(1024, "Use at most 1,024 characters."),
  runtime: z.string().min(1),
  handler: z
    .string()
    .min(1, "Type the handler, such as index.handler.")
    .max(128, "Use at most 128 characters.")
    .regex(/^\S*$/, "A handler has no spaces."),
  memory_mb: whole(64, 4096),
  cpus: z
    .string()
    .trim()
    .refine((text) => text === "" || (Number(text) >= 0.05 && Number(text) <= 8), "Type a number from 0.05 to 8, or nothing to follow the memory."),
  timeout_ms: whole(100, 900_000),
  isolation: z.enum(["fresh", "warm"]),
  max_concurrency: whole(1, 1000),
});

export type Settings = z.infer<typeof settingsSchema>;

/** How the fields are called where the server finds something wrong with them. */
export const settingLabels: Record<keyof Settings, string> = {
  name: "Name",
  description: "Description",
  runtime: "Runtime",
  handler: "Handler",
  memory_mb: "Memory",
  cpus: "CPUs",
  timeout_ms: "Timeout",
  isolation: "Isolation",
  max_concurrency: "Concurrent executions",
};

export function settingsOf(fn: Func): Settings {
  return {
    name: fn.name,
    description: fn.description,
    runtime: fn.runtime,
    handler: fn.handler,
    memory_mb: String(fn.memory_mb),
    cpus: fn.cpus === 0 ? "" : String(fn.cpus),
    timeout_ms: String(fn.timeout_ms),
    isolation: fn.isolation,
    max_concurrency: String(fn.max_concurrency),
  };
}

/** Only what was changed is sent: what others changed meanwhile stays. */
export function settingsChange({ memory_mb, cpus, timeout_ms, max_concurrency, ...texts }: Settings, dirty: Partial<Record<keyof Settings, boolean>>): UpdateFunction {
  const all = { ...texts, memory_mb: Number(memory_mb), cpus: Number(cpus), timeout_ms: Number(timeout_ms), max_concurrency: Number(max_concurrency) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => dirty[name as keyof Settings]));
}
