"use client";

import { Tabs as Base } from "@base-ui/react/tabs";
import { Link } from "@/components/ui/link";
import { useEffect, useRef, type ComponentProps, type ReactNode } from "react";

import { cn } from "@/lib/cn";

const bar = "flex gap-4 overflow-x-auto [scrollbar-width:none]";
const tab =
  "relative inline-flex h-9 shrink-0 items-center gap-1.5 text-sm whitespace-nowrap text-ink-3 transition-colors hover:text-ink after:absolute after:inset-x-0 after:bottom-0 after:h-0.5 focus-visible:-outline-offset-2 pointer-coarse:h-10";
const active = "font-medium text-ink after:bg-ink";

export interface TabNavProps {
  items: { href: string; label: string; count?: number; active: boolean }[];
  "aria-label": string;
  className?: string;
}

/** Pages of one thing, each with its address. Sits on the hairline of a PageHeader. */
export function TabNav({ items, className, ...props }: TabNavProps) {
  const current = useRef<HTMLAnchorElement>(null);
  const place = items.find((item) => item.active)?.href;
  useEffect(() => {
    current.current?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [place]);
  return (
    <nav {...props} className={cn(bar, className)}>
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          ref={item.active ? current : undefined}
          aria-current={item.active ? "page" : undefined}
          className={cn(tab, item.active && active)}
        >
          {item.label}
          {item.count !== undefined && <span className="text-xs text-ink-3">{item.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

export interface TabsProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  tabs: readonly { value: Value; label: string; badge?: ReactNode }[];
  "aria-label": string;
  /** Right of the tabs, on the same line. */
  actions?: ReactNode;
  /** One TabPanel for each tab. */
  children: ReactNode;
  className?: string;
}

/** Parts of one view that take turns. */
export function Tabs<Value extends string>({ value, onValueChange, tabs, "aria-label": label, actions, children, className }: TabsProps<Value>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onValueChange(next as Value)} className={cn("flex min-h-0 min-w-0 flex-col", className)}>
      <div className="flex items-center justify-between gap-2 border-b">
        <Base.List aria-label={label} className={bar}>
          {tabs.map((item) => (
            <Base.Tab key={item.value} value={item.value} className={cn(tab, item.value === value && active)}>
              {item.label}
              {item.badge}
            </Base.Tab>
          ))}
        </Base.List>
        {actions}
      </div>
      {children}
    </Base.Root>
  );
}

/** `keepMounted` keeps what is inside, such as an editor, while another tab is shown. */
export function TabPanel({ className, ...props }: Omit<ComponentProps<typeof Base.Panel>, "className"> & { className?: string }) {
  return <Base.Panel {...props} className={cn("min-h-0 min-w-0 grow focus-visible:-outline-offset-2", className)} />;
}
