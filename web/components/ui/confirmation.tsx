"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useId, useRef, useState, type FormEvent, type RefObject } from "react";

import { Button } from "@/components/ui/button";
import type { ConfirmDialogProps } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Input } from "@/components/ui/input";
import { backdrop, panel } from "@/components/ui/modal";
import { cn } from "@/lib/cn";

/** The window of a ConfirmDialog; apart from it because it is fetched when one is first opened. */
export default function Confirmation({ open, onOpenChange, title, description, className, ...question }: ConfirmDialogProps & { className: string }) {
  const [pending, setPending] = useState(false);
  const typedInput = useRef<HTMLInputElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !pending && onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup initialFocus={() => typedInput.current ?? cancel.current} className={cn(panel, className)}>
          <div className="flex flex-col gap-1 px-4 pt-3.5">
            <AlertDialog.Title className="text-base font-medium break-words">{title}</AlertDialog.Title>
            <AlertDialog.Description className="text-sm text-pretty break-words text-ink-2">{description}</AlertDialog.Description>
          </div>
          <Question {...question} pending={pending} setPending={setPending} typedInput={typedInput} cancel={cancel} close={() => onOpenChange(false)} />
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

interface QuestionProps extends Pick<ConfirmDialogProps, "confirmLabel" | "danger" | "typed" | "onConfirm"> {
  pending: boolean;
  setPending: (pending: boolean) => void;
  typedInput: RefObject<HTMLInputElement | null>;
  cancel: RefObject<HTMLButtonElement | null>;
  close: () => void;
}

// A component of its own because it is mounted anew at every opening: what was typed and what failed is then gone.
function Question({ confirmLabel, danger = false, typed, onConfirm, pending, setPending, typedInput, cancel, close }: QuestionProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const ready = typed === undefined || text === typed;

  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    // Dialogs may stand in a form of the page; React passes the event on to it.
    event.stopPropagation();
    if (!ready || pending) return;
    setPending(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <form onSubmit={confirm} className="flex min-h-0 flex-col">
      <div className="flex flex-col gap-3 overflow-y-auto px-4 pt-3 pb-4 empty:pt-0">
        {typed !== undefined && (
          <label htmlFor={id} className="flex flex-col gap-1 text-sm text-ink-2">
            <span>
              Type <code className="font-medium break-all text-ink">{typed}</code> to confirm
            </span>
            <Input id={id} ref={typedInput} value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </label>
        )}
        <ErrorNote error={error} />
      </div>
      <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">
        <Button ref={cancel} disabled={pending} onClick={close}>
          Cancel
        </Button>
        <Button type="submit" variant={danger ? "danger" : "primary"} disabled={!ready} pending={pending}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
