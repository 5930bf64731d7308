"use client";

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

import { floating } from "@/components/ui/floating";
import { cn } from "@/lib/cn";

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  "aria-label": string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

export function Popover({ trigger, children, align = "start", side = "bottom", open, onOpenChange, className, "aria-label": label }: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup aria-label={label} className={cn(floating, "max-h-(--available-height) max-w-(--available-width) overflow-y-auto p-3", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
