import { countPrimes } from "./count-primes";
import { cleanUp } from "./clean-up";
import { signPayload } from "./sign-payload";
import type { Template } from "./template";
import { totalOrders } from "./total-orders";
import { webhook } from "./webhook";

const blank: Template = {
  id: "blank",
  title: "Blank",
  description: "The smallest handler: one input, one output.",
  name: "hello",
  code: null,
  input: { name: "Ada" },
};

export const templates: readonly Template[] = [blank, webhook, cleanUp, totalOrders, signPayload, countPrimes];

/** The one that the address names, or the blank one. */
export function templateOf(id: string | null): Template {
  return templates.find((template) => template.id === id) ?? blank;
}

export type { Template };
