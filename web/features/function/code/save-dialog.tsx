"use client";

import { useState, type FormEvent } from "react";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

import { setPreference } from "../preferences";
import { Refusal } from "../refusal";
import { ChangeList } from "./change-list";
import { changesBetween } from "./changes";
import type { SaveQuestion } from "./use-save";
import { filesOf, type Workspace } from "./workspace";

export interface SaveDialogProps {
  question: SaveQuestion;
  workspace: Workspace;
  onSave: (message: string) => Promise<void>;
  onClose: () => void;
}

/** Shows what a new version changes, and takes a message for it. */
export function SaveDialog({ question: { reason, current, problem }, workspace, onSave, onClose }: SaveDialogProps) {
  const [message, setMessage] = useState("");
  const [remember, setRemember] = useState(false);
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState(problem);
  const began = workspace.view().version;
  const overtaken = current.version !== began;
  const changes = changesBetween(filesOf(current).files, workspace.files());
  const runs = reason === "run";

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setRefused(null);
    try {
      await onSave(message.trim());
      if (remember) setPreference(runs ? "runSaves" : "saveAtOnce", true);
    } catch (error) {
      setRefused(error);
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={() => !pending && onClose()}
      title={runs ? "Save and run" : "Save a new version"}
      description={`Compared with version ${current.version}, which is active. What runs already goes on with the version it began with.`}
      size="xl"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="save-form" variant="primary" pending={pending}>
            {runs ? "Save and run" : overtaken ? `Save over version ${current.version}` : "Save version"}
          </Button>
        </>
      }
    >
      <form id="save-form" onSubmit={submit} className="flex flex-col gap-4">
        {overtaken && (
          <Banner tone="warning" title={`Version ${current.version} was made active after you began`}>
            Your edits began from version {began}. Saving takes your files as they are: what version {current.version} changed is undone where it is red below.
          </Banner>
        )}
        <Field label="Message" optional hint="What this version changes, for whoever reads the list of versions.">
          <Input value={message} onChange={(event) => setMessage(event.target.value)} maxLength={1024} autoComplete="off" />
        </Field>
        {changes.length === 0 ? (
          <p className="text-sm text-ink-2">Your files are the same as those of version {current.version}; no new version is needed.</p>
        ) : (
          <ChangeList changes={changes} className="md:h-[min(24rem,44vh)]" />
        )}
        <Checkbox
          checked={remember}
          onChange={(event) => setRemember(event.target.checked)}
          label={runs ? "From now on, save without asking when I run" : "From now on, save without asking"}
          hint={runs ? undefined : "You can change this under Settings of any function."}
        />
        <Refusal error={refused} />
      </form>
    </Dialog>
  );
}
