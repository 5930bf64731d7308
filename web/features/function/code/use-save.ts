"use client";

import { useState } from "react";

import { toast } from "@/components/ui/toast";
import { getFunction, updateFunction } from "@/lib/data/functions";
import type { FunctionDetail } from "@/lib/api/types";

import { prefers } from "../preferences";
import type { Editing } from "./use-workspace";

export type SaveReason = "save" | "run";

/** A question that stands between the wish to save and saving. */
export interface SaveQuestion {
  reason: SaveReason;
  /** The function as it is on the server, which may have changed since the edits began. */
  current: FunctionDetail;
  problem: unknown;
}

/** Saves what is edited as a new version, asking first where there is something to ask. */
export function useSave(id: string, editing: Editing, run: () => void) {
  const [question, setQuestion] = useState<SaveQuestion | null>(null);
  const [pending, setPending] = useState(false);
  const { workspace } = editing;

  /** Makes the version. Throws what the server refuses. */
  const save = async (message: string) => {
    const body = workspace.body();
    const updated = await updateFunction(id, { ...body, ...(message !== "" && { message }) });
    editing.saved({ ...updated, ...body });
    toast.success(`Saved version ${updated.version}`);
  };

  /** Saves, then runs where that was the reason. */
  const start = async (reason: SaveReason) => {
    const view = workspace.view();
    if (!view.changed) {
      if (reason === "run") run();
      else toast(`Nothing has changed since version ${view.version}.`);
      return;
    }
    if (pending) return;
    setPending(true);
    let current: FunctionDetail | null = null;
    try {
      current = await getFunction(id);
      const asks = current.version !== view.version || !prefers(reason === "run" ? "runSaves" : "saveAtOnce");
      if (asks) return setQuestion({ reason, current, problem: null });
      await save("");
      if (reason === "run") run();
    } catch (problem) {
      if (current) setQuestion({ reason, current, problem });
      else toast.error("Not saved", { description: problem instanceof Error ? problem.message : String(problem) });
    } finally {
      setPending(false);
    }
  };

  const confirm = async (message: string) => {
    const reason = question?.reason;
    await save(message);
    setQuestion(null);
    if (reason === "run") run();
  };
  return { start, confirm, question, pending, cancel: () => setQuestion(null) };
}
