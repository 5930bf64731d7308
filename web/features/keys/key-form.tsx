"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioCards } from "@/components/ui/radio-cards";
import { Select } from "@/components/ui/select";
import { ApiError } from "@/lib/api/problem";
import type { NewApiKey } from "@/lib/api/types";
import { createKey } from "@/lib/data/keys";

import { FunctionPicker, type PickedFunction } from "./function-picker";
import { scopes, scopesOf, type PlainScope } from "./scopes";

const lifetimes = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "never", label: "Never" },
] as const;

type Lifetime = (typeof lifetimes)[number]["value"];
type Execute = "none" | "all" | "some";

const executeChoices = [
  { value: "all", title: "All functions", description: "Those created later too." },
  { value: "some", title: "Only these functions", description: "Chosen one by one." },
] as const;

export function KeyForm({ onCreated, onCancel }: { onCreated: (key: NewApiKey) => void; onCancel: () => void }) {
  const [name, setName] = useState("");
  const [plain, setPlain] = useState<PlainScope[]>([]);
  const [execute, setExecute] = useState<Execute>("all");
  const [picked, setPicked] = useState<PickedFunction[]>([]);
  const [lifetime, setLifetime] = useState<Lifetime>("90");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const wanted = scopesOf(plain, execute === "some" ? { of: "some", ids: picked.map((fn) => fn.id) } : { of: execute });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wanted.length === 0) return setError(new Error("Choose what the key may do: at least one scope, or one function."));
    setPending(true);
    setError(null);
    try {
      onCreated(await createKey({ name, scopes: wanted, ...(lifetime !== "never" && { expires_in_days: Number(lifetime) }) }));
    } catch (thrown) {
      setError(thrown);
      setPending(false);
    }
  };
  const nameError = error instanceof ApiError ? error.fieldMessage("name") : undefined;
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <Field label="Name" hint="Where it will be used, such as “CI of the website”." error={nameError}>
        <Input value={name} onChange={(event) => setName(event.target.value)} required maxLength={200} autoComplete="off" />
      </Field>
      <ScopeChoice plain={plain} onPlain={setPlain} execute={execute} onExecute={setExecute} picked={picked} onPicked={setPicked} />
      <Field label="Expires" hint={lifetime === "never" ? undefined : "Create the next key and exchange it before this one runs out."}>
        <Select value={lifetime} onValueChange={setLifetime} options={lifetimes} />
      </Field>
      {lifetime === "never" && <p className="-mt-3 text-sm text-warning">A key that never expires stays dangerous for as long as a copy of it lies somewhere.</p>}
      {nameError === undefined && <ErrorNote error={error} />}
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex justify-end gap-2 border-t bg-surface px-4 py-3">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          Create key
        </Button>
      </div>
    </form>
  );
}

interface ScopeChoiceProps {
  plain: PlainScope[];
  onPlain: (plain: PlainScope[]) => void;
  execute: Execute;
  onExecute: (execute: Execute) => void;
  picked: PickedFunction[];
  onPicked: (picked: PickedFunction[]) => void;
}

function ScopeChoice({ plain, onPlain, execute, onExecute, picked, onPicked }: ScopeChoiceProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 text-sm font-medium">May</legend>
      <Checkbox
        label="Execute functions"
        hint="Call, cancel and replay. A call tells its own result; reading others needs “Read executions”."
        checked={execute !== "none"}
        onChange={(event) => onExecute(event.target.checked ? "all" : "none")}
      />
      {execute !== "none" && (
        <div className="ml-6">
          <RadioCards value={execute} onValueChange={onExecute} options={executeChoices} legend="Which functions" hideLegend />
        </div>
      )}
      {execute === "some" && <FunctionPicker picked={picked} onPick={onPicked} />}
      {scopes.map(({ value, label, hint }) => (
        <Checkbox
          key={value}
          label={label}
          hint={hint}
          checked={plain.includes(value)}
          onChange={(event) => onPlain(event.target.checked ? [...plain, value] : plain.filter((scope) => scope !== value))}
        />
      ))}
    </fieldset>
  );
}
