"use client";

import { ApiError } from "@/lib/api/problem";
import type { Execution } from "@/lib/api/types";
import { useFunction } from "@/lib/data/functions";

/** The function that was executed, as it is now. Executions outlive it: then there is nothing to link to and nothing to replay. */
export function useParent({ function_id }: Execution) {
  const { fn, error } = useFunction(function_id);
  return { fn, isDeleted: error instanceof ApiError && error.status === 404 };
}
