import { z } from "zod";

import type { Func } from "@/lib/api/types";

import { FormDrafts } from "../form-drafts";
import { newRow, type Row } from "./rows";

/** The environment as the server has it. */
export type Base = Pick<Func, "env" | "secret_names">;

interface EnvironmentDraft {
  /** What the edits began from. */
  base: Base;
  rows: Row[];
}

const rowSchema = z.object({ kind: z.enum(["variable", "secret"]), name: z.string(), value: z.string(), stored: z.boolean(), replacing: z.boolean(), removed: z.boolean() });
const draftSchema = z.object({ base: z.object({ env: z.record(z.string(), z.string()), secret_names: z.array(z.string()) }), rows: z.array(rowSchema) });

export const environmentDrafts = new FormDrafts<EnvironmentDraft>("environment", parse, withoutSecrets);

function parse(stored: unknown): EnvironmentDraft | null {
  const { data } = draftSchema.safeParse(stored);
  return data === undefined ? null : { base: data.base, rows: data.rows.map((row) => ({ ...newRow(row.kind), ...row })) };
}

/** A secret lies nowhere in readable form: after a reload its value has to be typed again, which the row says. */
function withoutSecrets({ base, rows }: EnvironmentDraft): EnvironmentDraft {
  return { base, rows: rows.map((row) => (row.kind === "secret" ? { ...row, value: "" } : row)) };
}
