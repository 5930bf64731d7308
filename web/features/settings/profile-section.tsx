"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import type { User } from "@/lib/api/types";
import { renameAccount } from "@/lib/data/account";
import { showFieldProblems } from "@/lib/form-problems";

const labels = { name: "Name" };

export function Profile({ user }: { user: User }) {
  const form = useForm({ defaultValues: { name: user.name } });
  const { errors, isSubmitting, isDirty } = form.formState;
  const [error, setError] = useState<unknown>(null);
  const submit = form.handleSubmit(async ({ name }) => {
    setError(null);
    try {
      form.reset({ name: (await renameAccount(name)).name });
      toast.success("Name saved");
    } catch (thrown) {
      setError(showFieldProblems(thrown, labels, form.setError));
    }
  });
  return (
    <Section title="Profile">
      <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
        <Field label="E-mail" hint="You sign in with it.">
          <Input value={user.email} readOnly className="bg-sunken text-ink-2" />
        </Field>
        <Field label="Name" optional error={errors.name?.message}>
          <Input autoComplete="name" {...form.register("name")} />
        </Field>
        <ErrorNote error={error} />
        <div>
          <Button type="submit" pending={isSubmitting} disabled={!isDirty}>
            Save name
          </Button>
        </div>
      </form>
    </Section>
  );
}
