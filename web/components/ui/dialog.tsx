"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useId, useRef, useState, type FormEvent, type ReactNode, type RefObject } from "react";

import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";

const backdrop = "fixed inset-0 z-40 bg-overlay transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0";
const panel = "fixed z-50 flex flex-col bg-surface text-ink shadow-pop outline-none transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0";
const centred =
  "top-[max(1rem,12vh)] left-1/2 max-h-[calc(100dvh-max(1rem,12vh)-1rem)] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-lg border border-hairline-strong";
const widths = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl" };

export interface DialogProps {
  open: boolean;
  /** Without it there is no way out but what the dialog itself offers. */
  onOpenChange?: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
  size?: keyof typeof widths;
  className?: string;
}

export function Dialog({ size = "md", className, ...props }: DialogProps) {
  return <Modal {...props} className={cn(centred, widths[size], className)} />;
}

const edges = { left: "left-0 border-r", right: "right-0 border-l" };

/** A dialog along an edge, for what is looked at beside the page; all of the width of a phone. */
export function Sheet({ size = "md", side = "right", className, ...props }: DialogProps & { side?: keyof typeof edges }) {
  return <Modal {...props} className={cn("inset-y-0 w-full border-hairline-strong", edges[side], widths[size], className)} />;
}

function Modal({ open, onOpenChange, title, description, children, footer, className }: Omit<DialogProps, "size">) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className={cn(panel, className)}>
          <div className={cn("px-4 pt-3.5", onOpenChange && "pr-12")}>
            <Base.Title className="text-base font-medium break-words">{title}</Base.Title>
            {description && <Base.Description className="text-sm text-pretty break-words text-ink-2">{description}</Base.Description>}
          </div>
          <div className="min-h-0 grow overflow-y-auto px-4 pt-3 pb-4">{children}</div>
          {footer && <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</div>}
          {/* Last, so that the focus starts at what the dialog is for. */}
          {onOpenChange && (
            <Base.Close
              render={<Button variant="ghost" size="icon-sm" aria-label="Close" icon={<X aria-hidden className="size-4" />} className="absolute top-2.5 right-2.5" />}
            />
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will happen and whether it can be undone. */
  description: ReactNode;
  /** The verb: "Delete function". */
  confirmLabel: string;
  danger?: boolean;
  /** Text that must be typed first, for what cannot be undone. */
  typed?: string;
  /** The dialog closes when it resolves; when it rejects the error is shown inside. */
  onConfirm: () => Promise<unknown>;
}

/** Asks before something happens. It cannot be closed while the action runs, so that its end is always seen. */
export function ConfirmDialog({ open, onOpenChange, title, description, ...question }: ConfirmDialogProps) {
  const [pending, setPending] = useState(false);
  const typedInput = useRef<HTMLInputElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !pending && onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup initialFocus={() => typedInput.current ?? cancel.current} className={cn(panel, centred, widths.sm)}>
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
      <div className="flex flex-col gap-3 overflow-y-auto px-4 pt-3 pb-4 empty:hidden">
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
