"use client";

import { ClipboardPaste, Plus } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/problem";
import { updateFunction } from "@/lib/data/functions";
import type { Func, FunctionDetail } from "@/lib/api/types";

import { Refusal } from "../refusal";
import { SaveBar } from "../save-bar";
import { PasteDialog } from "./paste-dialog";
import { changeOf, newRow, problemsOf, rowsOf, withValues, type Kind, type Row } from "./rows";
import { VariableRow } from "./variable-row";

const sections: { kind: Kind; title: string; description: string; add: string; none: string }[] = [
  { kind: "variable", title: "Variables", description: "Set for every execution. Whoever can open the function can read them.", add: "Add variable", none: "No variables." },
  { kind: "secret", title: "Secrets", description: "Set like variables, but encrypted at rest and never shown again.", add: "Add secret", none: "No secrets." },
];

type Base = Pick<Func, "env" | "secret_names">;

/** The function's variables and secrets, saved together. */
export function EnvironmentTab({ fn, onDirty }: { fn: FunctionDetail; onDirty: (dirty: boolean) => void }) {
  const [base, setBase] = useState<Base>(fn);
  const [rows, setRows] = useState(() => rowsOf(fn));
  const [pasting, setPasting] = useState<Kind | null>(null);
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const change = changeOf(base, rows);
  const problems = problemsOf(rows);
  const moved = !sameEnvironment(base, fn);
  const dirty = change !== null || problems.size > 0;

  const load = (from: Base) => {
    setBase(from);
    setRows(rowsOf(from));
    setRefused(null);
  };
  const follow = useEffectEvent((now: Base) => !dirty && !sameEnvironment(base, now) && load(now));
  useEffect(() => {
    follow(fn); // what others change appears where nothing is being edited
  }, [fn]);
  const tellDirty = useEffectEvent(onDirty);
  useEffect(() => tellDirty(dirty), [dirty]);

  const save = async () => {
    if (change === null || problems.size > 0) return;
    setPending(true);
    setRefused(null);
    try {
      load(await updateFunction(fn.id, change));
      toast.success("Environment saved", { description: "Executions that begin from now on get it." });
    } catch (error) {
      setRefused(error);
    } finally {
      setPending(false);
    }
  };
  const update = (id: number, part: Partial<Row>) => setRows((all) => all.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const drop = (row: Row) => setRows((all) => (row.stored ? all.map((other) => (other.id === row.id ? { ...row, removed: true, replacing: false, value: "" } : other)) : all.filter(({ id }) => id !== row.id)));
  return (
    <form
      className="flex max-w-5xl grow flex-col px-4 md:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {moved && dirty && (
        <Banner tone="warning" title="The environment was changed elsewhere meanwhile" className="mt-4" action={<Button size="sm" onClick={() => load(fn)}>Load it</Button>}>
          Saving replaces its variables by these. Loading it drops what you have not saved.
        </Banner>
      )}
      {sections.map(({ kind, title, description, add, none }) => {
        const mine = rows.filter((row) => row.kind === kind);
        return (
          <Section
            key={kind}
            title={title}
            description={description}
            actions={
              <Button size="sm" variant="ghost" icon={<ClipboardPaste aria-hidden className="size-3.5" />} onClick={() => setPasting(kind)}>
                Paste .env
              </Button>
            }
          >
            {mine.length === 0 && <p className="pb-3 text-sm text-ink-3">{none}</p>}
            <ul className="flex flex-col gap-2 empty:hidden">
              {mine.map((row) => (
                <VariableRow key={row.id} row={row} problem={problems.get(row.id) ?? serverProblem(refused, row)} onChange={(part) => update(row.id, part)} onRemove={() => drop(row)} />
              ))}
            </ul>
            <Button size="sm" className="mt-3" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => setRows([...rows, newRow(kind)])}>
              {add}
            </Button>
          </Section>
        );
      })}
      <Refusal error={refused} />
      <SaveBar dirty={dirty} pending={pending} disabled={problems.size > 0} onDiscard={() => load(fn)} note="Warm machines with the old environment are not used again." />
      {pasting && <PasteDialog kind={pasting} onClose={() => setPasting(null)} onValues={(values) => setRows((all) => withValues(all, pasting, values))} />}
    </form>
  );
}

/** What the server said about the variable of a row. */
function serverProblem(error: unknown, { kind, name }: Row): string | undefined {
  if (!(error instanceof ApiError) || name === "") return undefined;
  return error.errors.find(({ location }) => location === `body.${kind === "secret" ? "secrets" : "env"}.${name}`)?.message;
}

function sameEnvironment(a: Base, b: Base): boolean {
  return a === b || (changeOf(a, rowsOf(b).filter((row) => row.kind === "variable")) === null && a.secret_names.join() === b.secret_names.join());
}
