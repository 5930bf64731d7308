"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Link } from "@/components/ui/link";
import { useRef, type KeyboardEvent, type RefObject } from "react";

import { floating, floatingItem } from "@/components/ui/floating";
import { Kbd } from "@/components/ui/kbd";
import type { MenuAction, MenuProps } from "@/components/ui/menu";
import { cn } from "@/lib/cn";

type MenuPopupProps = Omit<MenuProps, "trigger"> &
  Pick<Base.Root.Props, "open" | "onOpenChange"> & {
    close: () => void;
    anchor: RefObject<HTMLElement | null>;
    /** Whether the last opening was; the first item is then focused. */
    byKeyboard: RefObject<boolean>;
  };

/** What a Menu shows; apart from it because it is fetched when it is first opened. */
export default function MenuPopup({ items, align = "end", header, open, onOpenChange, close, anchor, byKeyboard }: MenuPopupProps) {
  const popup = useRef<HTMLDivElement>(null);
  const opened = (isOpen: boolean) => {
    if (!isOpen || !byKeyboard.current || document.activeElement !== popup.current) return;
    popup.current?.querySelector<HTMLElement>('[role="menuitem"]:not([aria-disabled="true"])')?.focus();
  };
  // Tab would go on from where the menu stands in the document, which is its end.
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    event.preventDefault();
    close();
  };
  return (
    <Base.Root modal open={open} onOpenChange={onOpenChange} onOpenChangeComplete={opened}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} align={align} sideOffset={4} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup
            ref={popup}
            finalFocus={anchor}
            onKeyDown={leave}
            className={cn(floating, "max-h-(--available-height) max-w-(--available-width) min-w-44 overflow-y-auto p-1")}
          >
            {header && <div className="mb-1 border-b px-2 pt-1 pb-2">{header}</div>}
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
