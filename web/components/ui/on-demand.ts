"use client";

import { useCallback, useRef, useState, type ComponentProps, type KeyboardEvent, type MouseEvent } from "react";

/** Whether `flag` was ever true. What opens stays mounted afterwards, so that it can fade out. */
export function useEver(flag: boolean): boolean {
  const [ever, setEver] = useState(flag);
  if (flag && !ever) setEver(true);
  return ever || flag;
}

interface Closing {
  reason: string;
  event: Event;
}

/**
 * A button that opens something whose code is fetched when a pointer or the focus first comes near: menus and popovers
 * are a quarter of what a page would load otherwise, and most pages are left without opening one.
 */
export function useOpener(props: ComponentProps<"button">, popup: "menu" | "dialog", load: () => Promise<unknown>, open: boolean, setOpen: (open: boolean) => void) {
  const anchor = useRef<HTMLButtonElement>(null);
  const byKeyboard = useRef(false);
  const fetchEarly = () => {
    load().catch(() => undefined); // the opening itself fails with it, and says so
  };
  const opener: ComponentProps<"button"> = {
    ref: anchor,
    "aria-haspopup": popup,
    "aria-expanded": open,
    onPointerEnter: fetchEarly,
    onFocus: fetchEarly,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      props.onClick?.(event);
      byKeyboard.current = event.detail === 0;
      setOpen(!open);
    },
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => {
      props.onKeyDown?.(event);
      if (event.key !== "ArrowDown" || open) return;
      event.preventDefault();
      byKeyboard.current = true;
      setOpen(true);
    },
  };
  // A press on the opener is outside of what it opened, but it is the opener's click that closes.
  const onOpenChange = useCallback(
    (next: boolean, { reason, event }: Closing) => {
      const related = "relatedTarget" in event ? event.relatedTarget : null;
      const onOpener = [event.target, related].some((target) => target instanceof Node && anchor.current?.contains(target));
      if (!next && onOpener && (reason === "outside-press" || reason === "focus-out")) return;
      setOpen(next);
    },
    [setOpen],
  );
  return { anchor, byKeyboard, opener, onOpenChange };
}
