import { toast } from "@/components/ui/toast";
import { messageOf } from "@/lib/api/problem";
import type { CreateFunction, Func, Runtime } from "@/lib/api/types";
import { createFunction } from "@/lib/data/functions";
import { saveTestEvent } from "@/lib/data/test-events";

import type { Template } from "./templates";

/** The code that a template starts from in the language of the runtime. */
export function codeOf(template: Template, runtime: Runtime): string {
  return template.code?.[runtime.language] ?? runtime.template;
}

/** Creates the function and keeps the template's input with it, to try it with. */
export async function createFromTemplate(name: string, template: Template, runtime: Runtime): Promise<Func> {
  const body: CreateFunction = { name, runtime: runtime.id, code: codeOf(template, runtime), ...template.settings };
  if (template.code !== null) body.description = template.description;
  if (template.secrets) body.secrets = Object.fromEntries(template.secrets.map((secret) => [secret, randomSecret()]));
  const created = await createFunction(body);
  try {
    await saveTestEvent(created.id, "example", template.input);
  } catch (error) {
    // The function is there and works without it.
    toast.warning("The example input was not kept", { description: messageOf(error) });
  }
  return created;
}

/** 256 bits, in hex. */
function randomSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
