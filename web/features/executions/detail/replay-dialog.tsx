"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { RadioCards } from "@/components/ui/radio-cards";
import { Select } from "@/components/ui/select";
import { formatRelative } from "@/lib/format";
import type { Execution } from "@/lib/api/types";
import { replayExecution } from "@/lib/data/executions";
import { useVersions } from "@/lib/data/versions";

type Choice = "same" | "active" | "other";

export interface ReplayDialogProps {
  execution: Execution;
  open: boolean;
  onClose: () => void;
}

/** Runs the function again with the same input, against a version of one's choice. */
export function ReplayDialog({ execution, open, onClose }: ReplayDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onClose} title="Replay this execution" description={`Runs ${execution.function_name} again with the same input.`} size="sm">
      <ReplayForm execution={execution} onClose={onClose} />
    </Dialog>
  );
}

function ReplayForm({ execution, onClose }: Omit<ReplayDialogProps, "open">) {
  const router = useRouter();
  const { versions, error: versionsError } = useVersions(execution.function_id);
  const [choice, setChoice] = useState<Choice>("same");
  const [other, setOther] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const active = versions?.find((version) => version.active)?.number;
  const others = versions?.filter(({ number }) => number !== execution.version && number !== active) ?? [];
  const version = { same: execution.version, active, other: other === null ? undefined : Number(other) }[choice];
  const replay = async () => {
    setPending(true);
    setError(undefined);
    try {
      const created = await replayExecution(execution.id, version);
      onClose();
      router.push(`/executions/${created.id}`);
    } catch (problem) {
      setError(problem);
    } finally {
      setPending(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void replay();
      }}
    >
      <RadioCards
        legend="Version"
        className="sm:grid-cols-1"
        value={choice}
        onValueChange={setChoice}
        options={[
          { value: "same", title: `The same version, v${execution.version}`, description: active === execution.version ? "It is also the active one." : undefined },
          ...(active !== undefined && active !== execution.version ? [{ value: "active" as const, title: `The active version, v${active}` }] : []),
          ...(others.length > 0 ? [{ value: "other" as const, title: "Another version" }] : []),
        ]}
      />
      {choice === "other" && (
        <Field label="Which version">
          <Select
            value={other}
            onValueChange={setOther}
            placeholder="Choose a version"
            options={others.map(({ number, message, created_at }) => ({ value: String(number), label: `v${number}`, hint: message || formatRelative(created_at, Date.now()) }))}
          />
        </Field>
      )}
      <ErrorNote error={error ?? versionsError} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep as it is</Button>
        <Button type="submit" variant="primary" pending={pending} disabled={version === undefined}>
          Replay
        </Button>
      </div>
    </form>
  );
}
