import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";

import { ApiError, sentence } from "@/lib/api/problem";

/**
 * Shows what the server found wrong beside the fields it names; `labels` maps the fields of the form to how they are
 * called. Returns the error when something of it belongs to no field and must be shown for the form as a whole.
 */
export function showFieldProblems<Values extends FieldValues>(
  error: unknown,
  labels: Partial<Record<FieldPath<Values>, string>>,
  setError: UseFormSetError<Values>,
): unknown {
  if (!(error instanceof ApiError)) return error;
  let shown = 0;
  for (const [field, label] of Object.entries(labels) as [FieldPath<Values>, string][]) {
    const message = error.fieldMessage(field);
    if (message === undefined) continue;
    setError(field, { type: "server", message: about(label, message) }, { shouldFocus: shown === 0 });
    shown++;
  }
  return shown > 0 && shown === error.errors.length ? null : error;
}

/** "must be at most 64 characters long" about Name: "Name must be at most 64 characters long." */
export function about(label: string, message: string): string {
  return sentence(/^(must|may|can|is|has)\b/.test(message) ? `${label} ${message}` : message);
}
