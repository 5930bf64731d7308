"use client";

import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";

import { floating, floatingItem } from "@/components/ui/floating";
import { Kbd } from "@/components/ui/kbd";
import { cn } from "@/lib/cn";

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
  trigger: ReactElement;
  items: (MenuAction | "separator")[];
  align?: "start" | "center" | "end";
  /** Above the items: whose menu it is, for example. */
  header?: ReactNode;
}

export function Menu({ trigger, items, align = "end", header }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup className={cn(floating, "max-h-(--available-height) max-w-(--available-width) min-w-44 overflow-y-auto p-1")}>
            {header && <div className="border-b px-2 pt-1 pb-2 mb-1">{header}</div>}
            {items.map((item, i) => (item === "separator" ? <Base.Separator key={i} className="my-1 h-px bg-hairline" /> : <MenuItem key={i} {...item} />))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuItem({ label, icon, shortcut, danger, disabled, href, onSelect }: MenuAction) {
  const className = cn(floatingItem, "[&_svg]:size-4 [&_svg]:shrink-0", danger ? "text-failure" : "[&_svg]:text-ink-3");
  const content = (
    <>
      {icon}
      <span className="grow truncate">{label}</span>
      {shortcut && <Kbd keys={shortcut} className="ml-4" />}
    </>
  );
  if (href !== undefined && !disabled) {
    return (
      <Base.LinkItem closeOnClick render={<Link href={href} />} className={className}>
        {content}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item disabled={disabled} onClick={onSelect} className={className}>
      {content}
    </Base.Item>
  );
}
