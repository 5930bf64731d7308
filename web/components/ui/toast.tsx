"use client";

import { Toaster as Sonner } from "sonner";

export { toast } from "sonner";

/** Where toasts appear; once, in the shell. A toast confirms: an error is also shown where it happened. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start font-sans! gap-2 rounded-md border border-hairline-strong bg-surface px-3 py-2.5 text-sm text-ink shadow-pop md:w-(--width)",
          title: "font-medium",
          description: "text-ink-2",
          content: "min-w-0 grow break-words",
          icon: "mt-0.5 shrink-0",
          success: "[&_[data-icon]]:text-success",
          error: "[&_[data-icon]]:text-failure",
          warning: "[&_[data-icon]]:text-warning",
          actionButton: "shrink-0 rounded-sm px-2 py-0.5 font-medium text-accent-text hover:bg-hover",
          cancelButton: "shrink-0 rounded-sm px-2 py-0.5 text-ink-2 hover:bg-hover",
        },
      }}
    />
  );
}
