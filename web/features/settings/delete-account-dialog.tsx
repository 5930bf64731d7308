"use client";

import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { deleteAccount } from "@/lib/data/account";
import { showFieldProblems } from "@/lib/form-problems";
import { forgetSession } from "@/lib/session";

const labels = { password: "The password" };

export function DeleteAccountDialog({ email, open, onClose }: { email: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={onClose} title="Delete this account" description="Everything it has is deleted. This cannot be undone." size="sm">
      <DeleteAccountForm email={email} onCancel={onClose} />
    </Dialog>
  );
}

/** The e-mail has to be typed, so that it is not done by mistake, and the password, so that it is not done by another. */
function DeleteAccountForm({ email, onCancel }: { email: string; onCancel: () => void }) {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const typed = useWatch({ control: form.control, name: "email" });
  const [error, setError] = useState<unknown>(null);
  const submit = form.handleSubmit(async ({ password }) => {
    setError(null);
    try {
      await deleteAccount(password);
    } catch (thrown) {
      setError(showFieldProblems(thrown, labels, form.setError));
      return;
    }
    forgetSession();
    location.replace("/"); // a page loaded anew knows nothing of the account
  });
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label={
          <>
            Type <code className="break-all">{email}</code> to confirm
          </>
        }
      >
        <Input autoComplete="off" autoCapitalize="none" spellCheck={false} {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => <PasswordInput {...control} autoComplete="current-password" {...form.register("password", { required: "Enter your password." })} />}
      </Field>
      <ErrorNote error={error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel} disabled={isSubmitting}>
          Cancel
        </Button>
        <Button type="submit" variant="danger" disabled={typed !== email} pending={isSubmitting}>
          Delete account
        </Button>
      </div>
    </form>
  );
}
