"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioCards } from "@/components/ui/radio-cards";
import { Select } from "@/components/ui/select";
import type { Runtime } from "@/lib/api/types";
import { freeFunctionName, functionNameProblem } from "@/lib/function-name";

import { createFromTemplate } from "./create-from-template";
import { nameProblemOf } from "./name-problem";
import { templates, type Template } from "./templates";

interface Props {
  template: Template;
  runtime: Runtime;
  runtimes: Runtime[];
  /** Names that are in use; undefined while they are not known. */
  taken: string[] | undefined;
  onTemplate: (id: string) => void;
  onRuntime: (id: string) => void;
}

/** Why the server did not create the function, and whether that was for its name. */
interface Refusal {
  name: string;
  error: unknown;
  nameProblem: string | undefined;
}

const options = templates.map(({ id, title, description }) => ({ value: id, title, description }));

export function CreateForm({ template, runtime, runtimes, taken, onTemplate, onRuntime }: Props) {
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [pending, setPending] = useState(false);
  const name = typed ?? freeFunctionName(template.name, new Set(taken));
  // What the server said about a name holds only as long as the name stays.
  const problem = functionNameProblem(name) ?? (refused?.name === name ? refused.nameProblem : undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (functionNameProblem(name) !== undefined) return field.current?.focus();
    setPending(true);
    setRefused(null);
    try {
      const created = await createFromTemplate(name, template, runtime);
      router.push(`/functions/${created.id}`);
    } catch (error) {
      const nameProblem = nameProblemOf(error, name);
      setRefused({ name, error, nameProblem });
      setPending(false);
      if (nameProblem !== undefined) field.current?.select();
    }
  };
  return (
    <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-5">
      <Field label="Name" hint="Part of its address and of the commands that call it." error={problem}>
        <Input autoFocus ref={field} value={name} onChange={(event) => setTyped(event.target.value)} autoComplete="off" autoCapitalize="none" spellCheck={false} className="font-mono" />
      </Field>
      <Field label="Runtime">
        {(control) => <Select {...control} value={runtime.id} onValueChange={onRuntime} options={runtimeOptions(runtimes)} />}
      </Field>
      <RadioCards legend="Start from" value={template.id} onValueChange={onTemplate} options={options} className="sm:grid-cols-2 lg:grid-cols-1" />
      {refused !== null && refused.nameProblem === undefined && <ErrorNote error={refused.error} />}
      <Button type="submit" variant="primary" size="lg" pending={pending}>
        Create function
      </Button>
    </form>
  );
}

/** Ids without a version follow the newest release of their language on this server; the exact ones stay. */
function runtimeOptions(runtimes: Runtime[]) {
  return runtimes.map(({ id, language, name, version }) => ({
    value: id,
    label: id === language ? `${name} (newest)` : name,
    hint: id === language ? `now ${version}` : version,
  }));
}
