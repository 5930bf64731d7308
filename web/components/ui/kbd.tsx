"use client";

import { useSyncExternalStore, type ComponentProps } from "react";

import { cn } from "@/lib/cn";

const mac: Record<string, string> = { mod: "⌘", ctrl: "⌃", shift: "⇧", alt: "⌥", enter: "↵", esc: "esc" };
const other: Record<string, string> = { mod: "Ctrl", ctrl: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", esc: "Esc" };

const never = () => () => {};

/** Whether the keyboard is a Mac's. False on the server and while hydrating. */
function useMac(): boolean {
  return useSyncExternalStore(never, () => /Mac|iPhone|iPad/.test(navigator.platform), () => false);
}

/** The keys of a shortcut, joined by +: "mod+k", "g f" is two after one another. */
export function Kbd({ keys, className, ...props }: Omit<ComponentProps<"kbd">, "children"> & { keys: string }) {
  const names = useMac() ? mac : other;
  return (
    <kbd {...props} className={cn("inline-flex gap-0.5 text-2xs text-ink-3", className)}>
      {keys.split(/[+ ]/).map((key, i) => (
        <span key={i} className="inline-flex h-4 min-w-4 items-center justify-center rounded-xs border border-hairline-strong bg-surface px-1">
          {names[key] ?? key.toUpperCase()}
        </span>
      ))}
    </kbd>
  );
}
