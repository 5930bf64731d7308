"use client";

import { cloneElement, lazy, Suspense, useCallback, useState, type ComponentProps, type ReactElement, type ReactNode } from "react";

import { useEver, useOpener } from "@/components/ui/on-demand";

const load = () => import("@/components/ui/popover-popup");
const PopoverPopup = lazy(load);

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<"button">>;
  "aria-label": string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
  /** Where its owner opens and closes it; otherwise it does so itself. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

export function Popover({ trigger, open: given, onOpenChange: tell, ...content }: PopoverProps) {
  const [own, setOwn] = useState(false);
  const open = given ?? own;
  const setOpen = useCallback(
    (next: boolean) => {
      setOwn(next);
      tell?.(next);
    },
    [tell],
  );
  const { anchor, opener, onOpenChange } = useOpener(trigger.props, "dialog", load, open, setOpen);
  return (
    <>
      {cloneElement(trigger, opener)}
      {useEver(open) && (
        <Suspense fallback={null}>
          <PopoverPopup {...content} open={open} onOpenChange={onOpenChange} anchor={anchor} />
        </Suspense>
      )}
    </>
  );
}
