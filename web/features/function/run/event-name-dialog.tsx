"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ApiError } from "@/lib/api/problem";

export interface EventNameDialogProps {
  initial: string;
  taken: readonly string[];
  onClose: () => void;
  onSave: (name: string) => Promise<void>;
}

/** Asks for the name that a test event is kept under. */
export function EventNameDialog({ initial, taken, onClose, onSave }: EventNameDialogProps) {
  const [name, setName] = useState(initial);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrong = error instanceof ApiError ? error.errors[0]?.message : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setError(null);
    try {
      await onSave(name.trim());
      onClose();
    } catch (problem) {
      setError(problem);
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={() => !pending && onClose()}
      title="Keep the test event"
      description="It is kept on the server with the function."
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="event-name" variant="primary" pending={pending} disabled={name.trim() === ""}>
            {taken.includes(name.trim()) ? "Replace" : "Save"}
          </Button>
        </>
      }
    >
      <form id="event-name" onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name" error={wrong} hint={taken.includes(name.trim()) ? "Replaces the event of this name." : "Letters, digits, spaces, -, _ and ."}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={64} autoComplete="off" />
        </Field>
        {!wrong && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}
