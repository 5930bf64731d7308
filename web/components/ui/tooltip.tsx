"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

import { floating } from "@/components/ui/floating";
import { Kbd } from "@/components/ui/kbd";
import { cn } from "@/lib/cn";

export interface TooltipProps {
  content: ReactNode;
  shortcut?: string;
  /** One element that takes focus. Touch has no tooltips: what it says must also be its label or on the page. */
  children: ReactElement;
  side?: "top" | "right" | "bottom" | "left";
}

export function Tooltip({ content, shortcut, children, side = "top" }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger delay={400} render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className={cn(floating, "flex max-w-72 items-center gap-2 px-2 py-1 text-xs")}>
            {content}
            {shortcut && <Kbd keys={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
