"use client";

import { cloneElement, lazy, Suspense, useState, type ComponentProps, type ReactElement, type ReactNode } from "react";

import { useEver, useOpener } from "@/components/ui/on-demand";

const load = () => import("@/components/ui/menu-popup");
const MenuPopup = lazy(load);

export interface MenuAction {
  label: string;
  icon?: ReactNode;
  /** Shown only; the shortcut is bound elsewhere. */
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Where it leads; otherwise onSelect says what it does. */
  href?: string;
  onSelect?: () => void;
}

export interface MenuProps {
  /** The button that opens it: `<Button size="icon" aria-label="More" …/>`. */
  trigger: ReactElement<ComponentProps<"button">>;
  items: (MenuAction | "separator")[];
  align?: "start" | "center" | "end";
  /** Above the items: whose menu it is, for example. */
  header?: ReactNode;
}

export function Menu({ trigger, ...content }: MenuProps) {
  const [open, setOpen] = useState(false);
  const { opener, ...popup } = useOpener(trigger.props, "menu", load, open, setOpen);
  return (
    <>
      {cloneElement(trigger, opener)}
      {useEver(open) && (
        <Suspense fallback={null}>
          <MenuPopup {...content} {...popup} open={open} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
