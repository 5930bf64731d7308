"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

import { pathProblem } from "./paths";

export interface PathDialogProps {
  title: string;
  path: string;
  /** What it must not clash with. */
  others: readonly string[];
  action: string;
  onClose: () => void;
  onPath: (path: string) => void;
}

/** Asks for the path of a file. */
export function PathDialog({ title, path, others, action, onClose, onPath }: PathDialogProps) {
  const [typed, setTyped] = useState(path);
  const [tried, setTried] = useState(false);
  const problem = pathProblem(typed, others);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem !== null) return;
    if (typed !== path) onPath(typed);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="path-form" variant="primary">
            {action}
          </Button>
        </>
      }
    >
      <form id="path-form" onSubmit={submit}>
        <Field label="Path" hint="Below /var/task; a / makes a folder." error={tried || typed.length > path.length ? problem : null}>
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" autoCapitalize="none" spellCheck={false} className="font-mono" />
        </Field>
      </form>
    </Dialog>
  );
}
