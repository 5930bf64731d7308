"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

import { parseDotenv } from "./dotenv";
import type { Kind } from "./rows";

export interface PasteDialogProps {
  kind: Kind;
  onClose: () => void;
  onValues: (values: Map<string, string>) => void;
}

/** Takes many at once from the text of a .env file. */
export function PasteDialog({ kind, onClose, onValues }: PasteDialogProps) {
  const [text, setText] = useState("");
  const { variables, problems } = parseDotenv(text);
  const count = variables.size;
  const noun = `${count} ${kind}${count === 1 ? "" : "s"}`;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={kind === "secret" ? "Paste secrets" : "Paste variables"}
      description="The text of a .env file. Names that are there already get the new value."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={count === 0 || problems.length > 0}
            onClick={() => {
              onValues(variables);
              onClose();
            }}
          >
            {count === 0 ? "Take over" : `Take over ${noun}`}
          </Button>
        </>
      }
    >
      <Field
        label="NAME=value lines"
        hint={count > 0 ? [...variables.keys()].join(", ") : "Comments, quotes and export are understood. Nothing is saved yet."}
        error={problems.length > 0 ? problems.map(({ line, message }) => `Line ${line} ${message}.`).join(" ") : null}
      >
        <Textarea rows={10} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} autoCapitalize="none" autoComplete="off" className="font-mono" placeholder={"API_URL=https://example.com\nLEVEL=debug"} />
      </Field>
    </Dialog>
  );
}
