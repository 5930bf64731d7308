"use client";

import { Popover as Base } from "@base-ui/react/popover";
import type { RefObject } from "react";

import { floating } from "@/components/ui/floating";
import type { PopoverProps } from "@/components/ui/popover";
import { cn } from "@/lib/cn";

type PopoverPopupProps = Omit<PopoverProps, "trigger" | "open" | "onOpenChange"> &
  Pick<Base.Root.Props, "open" | "onOpenChange"> & { anchor: RefObject<HTMLElement | null> };

/** What a Popover shows; apart from it because it is fetched when it is first opened. */
export default function PopoverPopup({ children, align = "start", side = "bottom", open, onOpenChange, anchor, className, "aria-label": label }: PopoverPopupProps) {
  return (
    <Base.Root modal="trap-focus" open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} align={align} side={side} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className={cn(floating, "max-h-(--available-height) max-w-(--available-width) overflow-y-auto p-3", className)}
          >
            {children}
            {/* Keeps the focus inside, and is the way out for screen readers on touch. Seen when it has the focus. */}
            <Base.Close className="sr-only rounded-sm focus-visible:not-sr-only focus-visible:px-2 focus-visible:py-1 focus-visible:-outline-offset-2">Close</Base.Close>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
