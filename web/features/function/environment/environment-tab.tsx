"use client";

import { ClipboardPaste, Plus } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import type { FunctionDetail } from "@/lib/api/types";

import { Refusal } from "../refusal";
import { SaveBar } from "../save-bar";
import { PasteDialog } from "./paste-dialog";
import type { Kind, Row } from "./rows";
import { useEnvironment, type Environment } from "./use-environment";
import { VariableRow } from "./variable-row";

const kinds = {
  variable: { title: "Variables", description: "Set for every execution. Whoever can open the function can read them.", add: "Add variable", none: "No variables." },
  secret: { title: "Secrets", description: "Set like variables, but encrypted at rest and never shown again.", add: "Add secret", none: "No secrets." },
};

/** The function's variables and secrets, saved together. */
export function EnvironmentTab({ fn, onDirty }: { fn: FunctionDetail; onDirty: (dirty: boolean) => void }) {
  const environment = useEnvironment(fn);
  const { dirty, refused, reload } = environment;
  const tellDirty = useEffectEvent(onDirty);
  useEffect(() => tellDirty(dirty), [dirty]);
  return (
    <form
      className="flex grow flex-col px-4 md:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void environment.save();
      }}
    >
      <div className="max-w-5xl">
        {environment.overtaken && (
          <Banner tone="warning" title="The environment was changed elsewhere meanwhile" className="mt-4" action={<Button size="sm" onClick={reload}>Load it</Button>}>
            Saving replaces its variables by these. Loading it drops what you have not saved.
          </Banner>
        )}
        <Rows kind="variable" environment={environment} />
        <Rows kind="secret" environment={environment} />
        {environment.refusedAtRows ? (
          <Banner tone="failure" title="Nothing was saved">
            Mend what is marked above, then save again.
          </Banner>
        ) : (
          <Refusal error={refused} />
        )}
      </div>
      <SaveBar dirty={dirty} pending={environment.pending} disabled={environment.invalid} onDiscard={reload} note="Warm machines with the old environment are not used again." />
    </form>
  );
}

function Rows({ kind, environment }: { kind: Kind; environment: Environment }) {
  const [pasting, setPasting] = useState(false);
  const adding = useRef<HTMLButtonElement>(null);
  const { title, description, add, none } = kinds[kind];
  const rows = environment.rows.filter((row) => row.kind === kind);
  const remove = (row: Row) => {
    environment.remove(row);
    adding.current?.focus(); // the pressed button goes with its row
  };
  return (
    <Section
      title={title}
      description={description}
      actions={
        <Button size="sm" variant="ghost" icon={<ClipboardPaste aria-hidden className="size-3.5" />} aria-label={`Paste .env into ${title.toLowerCase()}`} onClick={() => setPasting(true)}>
          Paste .env
        </Button>
      }
    >
      {rows.length === 0 && <p className="pb-3 text-sm text-ink-3">{none}</p>}
      <ul className="flex flex-col gap-2 empty:hidden">
        {rows.map((row) => (
          <VariableRow key={row.id} row={row} problem={environment.problemOf(row)} onChange={(part) => environment.update(row.id, part)} onRemove={() => remove(row)} />
        ))}
      </ul>
      <Button ref={adding} size="sm" className="mt-3" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => environment.add(kind)}>
        {add}
      </Button>
      {pasting && <PasteDialog kind={kind} onClose={() => setPasting(false)} onValues={(values) => environment.takeOver(kind, values)} />}
    </Section>
  );
}
