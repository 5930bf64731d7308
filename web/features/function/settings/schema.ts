import { z } from "zod";

import type { Func, UpdateFunction } from "@/lib/api/types";

/** A number as it is typed. */
function typed(min: number, max: number, message: string) {
  return z
    .string()
    .trim()
    .refine((text) => text !== "" && Number(text) >= min && Number(text) <= max, message);
}

function whole(min: number, max: number) {
  const message = `Type a whole number from ${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}.`;
  return typed(min, max, message).refine((text) => Number.isInteger(Number(text)), message);
}

/** The server's rules (function_rules.go), told before it is asked. */
export const settingsSchema = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "Use 1 to 64 letters, digits, - and _, beginning with a letter.")
    .refine((name) => !name.startsWith("fn_"), "A name must not look like an id (fn_…)."),
  description: z.string().max(1024, "Use at most 1,024 characters."),
  runtime: z.string().min(1),
  handler: z
    .string()
    .min(1, "Type the handler, such as index.handler.")
    .max(128, "Use at most 128 characters.")
    .regex(/^\S*$/, "A handler has no spaces."),
  memory: whole(64, 4096),
  cpus: z
    .string()
    .trim()
    .refine((text) => text === "" || (Number(text) >= 0.05 && Number(text) <= 8), "Type a number from 0.05 to 8, or nothing to follow the memory."),
  timeout: typed(0.1, 900, "Type seconds from 0.1 to 900."),
  isolation: z.enum(["fresh", "warm"]),
  concurrency: whole(1, 1000),
});

export type Settings = z.infer<typeof settingsSchema>;

export function settingsOf(fn: Func): Settings {
  return {
    name: fn.name,
    description: fn.description,
    runtime: fn.runtime,
    handler: fn.handler,
    memory: String(fn.memory_mb),
    cpus: fn.cpus === 0 ? "" : String(fn.cpus),
    timeout: String(fn.timeout_ms / 1000),
    isolation: fn.isolation,
    concurrency: String(fn.max_concurrency),
  };
}

/** Only what was changed is sent: what others changed meanwhile stays. */
export function settingsChange(settings: Settings, dirty: Partial<Record<keyof Settings, boolean>>): UpdateFunction {
  const all: Record<keyof Settings, UpdateFunction> = {
    name: { name: settings.name },
    description: { description: settings.description },
    runtime: { runtime: settings.runtime },
    handler: { handler: settings.handler },
    memory: { memory_mb: Number(settings.memory) },
    cpus: { cpus: Number(settings.cpus) },
    timeout: { timeout_ms: Math.round(Number(settings.timeout) * 1000) },
    isolation: { isolation: settings.isolation },
    concurrency: { max_concurrency: Number(settings.concurrency) },
  };
  const names = Object.keys(all) as (keyof Settings)[];
  return Object.assign({}, ...names.filter((name) => dirty[name]).map((name) => all[name])) as UpdateFunction;
}

/** Which field of the form a field of the request's body is. */
export const fieldOf: Record<string, keyof Settings> = {
  name: "name",
  description: "description",
  runtime: "runtime",
  handler: "handler",
  memory_mb: "memory",
  cpus: "cpus",
  timeout_ms: "timeout",
  isolation: "isolation",
  max_concurrency: "concurrency",
};
