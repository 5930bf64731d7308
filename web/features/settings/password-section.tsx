"use client";

import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";

import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { StrengthHint } from "@/components/ui/strength-hint";
import { toast } from "@/components/ui/toast";
import { changePassword } from "@/lib/data/account";
import { showFieldProblems } from "@/lib/form-problems";
import { passwordProblem } from "@/lib/password";

const labels = { current_password: "The current password", new_password: "The new password" };

export function Password({ email }: { email: string }) {
  const form = useForm({ defaultValues: { current_password: "", new_password: "" } });
  const { errors, isSubmitting } = form.formState;
  const typed = useWatch({ control: form.control, name: "new_password" });
  const [error, setError] = useState<unknown>(null);
  const submit = form.handleSubmit(async ({ current_password, new_password }) => {
    setError(null);
    try {
      await changePassword(current_password, new_password);
      form.reset();
      toast.success("Password changed", { description: "Every other session has ended." });
    } catch (thrown) {
      setError(showFieldProblems(thrown, labels, form.setError));
    }
  });
  return (
    <Section title="Password" description="Changing it ends every session but this one. API keys stay.">
      <form method="post" onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
        {/* Tells password managers whose password this is. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <Field label="Current password" error={errors.current_password?.message}>
          {(control) => <PasswordInput {...control} autoComplete="current-password" required {...form.register("current_password", { required: "Enter the current password." })} />}
        </Field>
        <Field label="New password" hint={<StrengthHint password={typed} />} error={errors.new_password?.message}>
          {(control) => <PasswordInput {...control} autoComplete="new-password" required {...form.register("new_password", { validate: passwordProblem })} />}
        </Field>
        <ErrorNote error={error} />
        <div>
          <Button type="submit" pending={isSubmitting}>
            Change password
          </Button>
        </div>
      </form>
    </Section>
  );
}
