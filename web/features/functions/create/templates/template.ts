import type { CreateFunction } from "@/lib/api/types";

/** Something to start a function from. It runs as it is, without a network. */
export interface Template {
  id: string;
  title: string;
  description: string;
  /** The name suggested for the function. */
  name: string;
  /** By the language of the runtime; null takes the runtime's own template. */
  code: Record<string, string> | null;
  /** What to try it with. */
  input: unknown;
  /** What it needs beyond the defaults. */
  settings?: Pick<CreateFunction, "memory_mb" | "timeout_ms" | "env">;
  /** Secrets that it reads; they are made up at random and can be replaced later. */
  secrets?: string[];
}
