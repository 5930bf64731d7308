"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";

import { Button } from "@/components/ui/button";
import type { DialogProps } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";

export const backdrop = "fixed inset-0 z-40 bg-overlay transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0";
export const panel = "fixed z-50 flex flex-col bg-surface text-ink shadow-pop outline-none transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0";

/** The window of a Dialog and a Sheet; apart from them because it is fetched when one is first opened. */
export default function Modal({ open, onOpenChange, title, description, children, footer, className }: Omit<DialogProps, "size">) {
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
