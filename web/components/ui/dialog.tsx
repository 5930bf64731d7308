"use client";

import { lazy, Suspense, type ReactNode } from "react";

import { useEver } from "@/components/ui/on-demand";
import { cn } from "@/lib/cn";

// Fetched when one is first opened.
const Modal = lazy(() => import("@/components/ui/modal"));
const Confirmation = lazy(() => import("@/components/ui/confirmation"));

const centred =
  "top-[max(1rem,12vh)] left-1/2 max-h-[calc(100dvh-max(1rem,12vh)-1rem)] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-lg border border-hairline-strong";
const widths = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl", xl: "max-w-5xl" };

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
  return <Window {...props} className={cn(centred, widths[size], className)} />;
}

const edges = { left: "left-0 border-r", right: "right-0 border-l" };

/** A dialog along an edge, for what is looked at beside the page; all of the width of a phone. */
export function Sheet({ size = "md", side = "right", className, ...props }: DialogProps & { side?: keyof typeof edges }) {
  return <Window {...props} className={cn("inset-y-0 w-full border-hairline-strong", edges[side], widths[size], className)} />;
}

function Window(props: Omit<DialogProps, "size">) {
  if (!useEver(props.open)) return null;
  return (
    <Suspense fallback={null}>
      <Modal {...props} />
    </Suspense>
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
export function ConfirmDialog(props: ConfirmDialogProps) {
  if (!useEver(props.open)) return null;
  return (
    <Suspense fallback={null}>
      <Confirmation {...props} className={cn(centred, widths.sm)} />
    </Suspense>
  );
}
