"use client";

import { useEffect, useEffectEvent, useState } from "react";

import { toast } from "@/components/ui/toast";
import { ApiError, type FieldProblem } from "@/lib/api/problem";
import { updateFunction } from "@/lib/data/functions";
import type { Func } from "@/lib/api/types";
import { about } from "@/lib/form-problems";

import { environmentDrafts, type Base } from "./environment-drafts";
import { changeOf, newRow, problemsOf, rowsOf, withValues, type Kind, type Row } from "./rows";

/** The variables and secrets of a function while they are edited, against those that were loaded. */
export function useEnvironment(fn: Func) {
  const [draft] = useState(() => environmentDrafts.find(fn.id));
  const [base, setBase] = useState<Base>(draft?.base ?? fn);
  const [rows, setRows] = useState(() => draft?.rows ?? rowsOf(fn));
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const change = changeOf(base, rows);
  const problems = problemsOf(rows);
  const dirty = change !== null || problems.size > 0;

  const load = (from: Base) => {
    setBase(from);
    setRows(rowsOf(from));
    setRefused(null);
  };
  const follow = useEffectEvent((now: Base) => {
    if (!dirty && !sameEnvironment(base, now)) load(now);
  });
  useEffect(() => {
    follow(fn); // what others change appears where nothing is being edited
  }, [fn]);

  useEffect(() => {
    const { env, secret_names } = base;
    if (dirty) environmentDrafts.keep(fn.id, { base: { env, secret_names }, rows });
    else environmentDrafts.drop(fn.id);
  }, [fn.id, base, rows, dirty]);

  const save = async () => {
    if (change === null || problems.size > 0) return;
    setPending(true);
    setRefused(null);
    try {
      const saved = await updateFunction(fn.id, change);
      environmentDrafts.drop(fn.id); // here too: the page may have been left meanwhile
      load(saved);
      toast.success("Environment saved", { description: "Executions that begin from now on get it." });
    } catch (error) {
      setRefused(error);
    } finally {
      setPending(false);
    }
  };
  const found = refused instanceof ApiError ? refused.errors : [];
  const refusalOf = (row: Row) => {
    const problem = found.find((candidate) => isAbout(candidate, row));
    return problem && about(row.name, problem.message);
  };
  return {
    rows,
    dirty,
    pending,
    refused,
    /** Whether something keeps it from being saved at all. */
    invalid: problems.size > 0,
    /** Whether all that the server found wrong stands at a row. */
    refusedAtRows: found.length > 0 && found.every((problem) => rows.some((row) => isAbout(problem, row))),
    /** Whether it was changed elsewhere while it was edited here. */
    overtaken: dirty && !sameEnvironment(base, fn),
    problemOf: (row: Row) => problems.get(row.id) ?? refusalOf(row),
    save,
    reload: () => load(fn),
    add: (kind: Kind) => setRows((all) => [...all, newRow(kind)]),
    update: (id: number, part: Partial<Row>) => setRows((all) => all.map((row) => (row.id === id ? { ...row, ...part } : row))),
    /** What the server has is only marked, so that it can be kept after all. */
    remove: ({ id, stored }: Row) =>
      setRows((all) => (stored ? all.map((row) => (row.id === id ? { ...row, removed: true, replacing: false, value: "" } : row)) : all.filter((row) => row.id !== id))),
    takeOver: (kind: Kind, values: ReadonlyMap<string, string>) => setRows((all) => withValues(all, kind, values)),
  };
}

export type Environment = ReturnType<typeof useEnvironment>;

function isAbout({ location }: FieldProblem, { kind, name }: Row): boolean {
  return name !== "" && location === `body.${kind === "secret" ? "secrets" : "env"}.${name}`;
}

function sameEnvironment(a: Base, b: Base): boolean {
  const variables = rowsOf(b).filter((row) => row.kind === "variable");
  return a === b || (changeOf(a, variables) === null && a.secret_names.join() === b.secret_names.join());
}
