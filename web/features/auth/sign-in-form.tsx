"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { ApiError } from "@/lib/api/problem";
import { pathAfterSignIn } from "@/lib/return-path";
import { signIn } from "@/lib/session";

import { FormError } from "./form-error";
import { useGoOn } from "./use-go-on";
import { useWait } from "./use-wait";

const schema = z.object({
  email: z.string().trim().min(1, "Enter your e-mail address."),
  password: z.string().min(1, "Enter your password."),
});

export function SignInForm() {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const [error, setError] = useState<unknown>(null);
  const { left, wait } = useWait();
  const leaving = useGoOn(pathAfterSignIn);
  const submit = form.handleSubmit(async ({ email, password }) => {
    setError(null);
    try {
      await signIn(email, password);
    } catch (thrown) {
      const limited = thrown instanceof ApiError && thrown.status === 429 && thrown.retryAfter !== null;
      if (limited) wait(thrown.retryAfter ?? 0);
      else setError(thrown);
      form.setFocus("password", { shouldSelect: true });
    }
  });
  return (
    // POST, so that a browser whose script has not started yet does not put the password into the address.
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4 pb-6">
      <Field label="E-mail" error={errors.email?.message}>
        <Input type="email" autoComplete="username" inputMode="email" autoCapitalize="none" spellCheck={false} required {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => <PasswordInput {...control} autoComplete="current-password" required {...form.register("password")} />}
      </Field>
      <FormError error={error} wait={left} />
      <Button type="submit" variant="primary" size="lg" pending={isSubmitting || leaving} disabled={left > 0}>
        Sign in
      </Button>
    </form>
  );
}
