import { ApiError } from "@/lib/api/problem";

/** What the server's refusal says about the name, or undefined when it is about something else. */
export function nameProblemOf(error: unknown, name: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === "conflict") return `You already have a function called ${name}. Choose another name.`;
  const message = error.fieldMessage("name");
  return message && `The name ${message}.`;
}
