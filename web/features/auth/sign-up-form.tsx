"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { z } from "zod";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { StrengthHint } from "@/components/ui/strength-hint";
import { ApiError } from "@/lib/api/problem";
import { showFieldProblems } from "@/lib/form-problems";
import { passwordProblem } from "@/lib/password";
import { localPath, pathAfterSignIn } from "@/lib/return-path";
import { signUp } from "@/lib/session";

import { FormError } from "./form-error";
import { useGoOn } from "./use-go-on";
import { useWait } from "./use-wait";

const schema = z.object({
  name: z.string().trim().max(100, "At most 100 characters are possible."),
  // Which addresses are possible is the server's to say; this catches what was left out.
  email: z.string().trim().max(254, "At most 254 characters are possible.").regex(/^\S+@\S+$/, "Enter an e-mail address such as ann@example.com."),
  password: z.string().check((ctx) => {
    const problem = passwordProblem(ctx.value);
    if (problem) ctx.issues.push({ code: "custom", message: problem, input: ctx.value });
  }),
});

const labels = { name: "Name", email: "E-mail", password: "Password" };

export function SignUpForm() {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: "", email: "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const password = useWatch({ control: form.control, name: "password" });
  const [error, setError] = useState<unknown>(null);
  const { left, wait } = useWait();
  // A new account has no functions yet and no page it left last.
  const isNew = useRef(false);
  const leaving = useGoOn((next) => (isNew.current ? (localPath(next) ?? "/functions/new") : pathAfterSignIn(next)));
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    isNew.current = true;
    try {
      await signUp(values.email, values.password, values.name);
    } catch (thrown) {
      isNew.current = false;
      const limited = thrown instanceof ApiError && thrown.status === 429 && thrown.retryAfter !== null;
      if (limited) wait(thrown.retryAfter ?? 0);
      else setError(showFieldProblems(thrown, labels, form.setError));
    }
  });
  return (
    // POST, so that a browser whose script has not started yet does not put the password into the address.
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4 pb-6">
      <Field label="Name" optional error={errors.name?.message}>
        <Input autoComplete="name" {...form.register("name")} />
      </Field>
      <Field label="E-mail" error={errors.email?.message}>
        <Input type="email" autoComplete="username" inputMode="email" autoCapitalize="none" spellCheck={false} required {...form.register("email")} />
      </Field>
      <Field label="Password" hint={<StrengthHint password={password} />} error={errors.password?.message}>
        {(control) => <PasswordInput {...control} autoComplete="new-password" required {...form.register("password")} />}
      </Field>
      <FormError error={error} wait={left} />
      <Button type="submit" variant="primary" size="lg" pending={isSubmitting || leaving} disabled={left > 0}>
        Create account
      </Button>
    </form>
  );
}
