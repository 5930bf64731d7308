"use client";

import { Controller, type UseFormReturn } from "react-hook-form";

import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { Select } from "@/components/ui/select";
import { runtimeOf, useRuntimes } from "@/lib/data/runtimes";
import type { FunctionDetail } from "@/lib/api/types";

import type { Settings } from "./schema";

/** What the function is called and how its code is entered. */
export function GeneralFields({ form, fn }: { form: UseFormReturn<Settings>; fn: FunctionDetail }) {
  const { errors } = form.formState;
  return (
    <Section title="General">
      <div className="flex flex-col gap-4">
        <Field label="Name" hint="Used in calls by the API and the command line. The id stays when the name changes." error={errors.name?.message}>
          <Input {...form.register("name")} autoComplete="off" autoCapitalize="none" spellCheck={false} className="font-mono" />
        </Field>
        <Field label="Description" optional error={errors.description?.message}>
          <Textarea {...form.register("description")} rows={2} />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Runtime" hint="Of the same language; another one makes a new version." error={errors.runtime?.message}>
            {(control) => <Controller control={form.control} name="runtime" render={({ field }) => <RuntimeSelect {...control} fn={fn} value={field.value} onValueChange={field.onChange} />} />}
          </Field>
          <Field label="Handler" hint="module.function; another one makes a new version." error={errors.handler?.message}>
            <Input {...form.register("handler")} autoComplete="off" autoCapitalize="none" spellCheck={false} className="font-mono" />
          </Field>
        </div>
      </div>
    </Section>
  );
}

function RuntimeSelect({ fn, value, onValueChange, ...control }: { fn: FunctionDetail; value: string; onValueChange: (value: string) => void; id: string }) {
  const { runtimes } = useRuntimes();
  const language = runtimeOf(runtimes, fn.runtime)?.language;
  const options = (runtimes ?? [])
    .filter((runtime) => language === undefined || runtime.language === language)
    .map((runtime) => ({ value: runtime.id, label: runtime.id, hint: `${runtime.name}, ${runtime.version}` }));
  // A runtime that this server has no more is shown all the same.
  const all = options.some((option) => option.value === value) ? options : [{ value, label: value }, ...options];
  return <Select {...control} value={value} onValueChange={onValueChange} options={all} />;
}
