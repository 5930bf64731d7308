"use client";

import { X } from "lucide-react";
import { useEffect, useRef } from "react";

import { cn } from "@/lib/cn";

export interface EditorTabsProps {
  open: readonly string[];
  active: string | null;
  unsaved: ReadonlySet<string>;
  onOpen: (path: string) => void;
  onClose: (path: string) => void;
}

/** The files that are open. A dot marks what is not saved. */
export function EditorTabs({ open, active, unsaved, onOpen, onClose }: EditorTabsProps) {
  const current = useRef<HTMLDivElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active]);
  return (
    <div role="group" aria-label="Open files" className="flex min-w-0 grow overflow-x-auto [scrollbar-width:none]">
      {open.map((path) => {
        const dirty = unsaved.has(path);
        const here = path === active;
        return (
          <div
            key={path}
            ref={here ? current : undefined}
            className={cn("group/tab flex h-9 shrink-0 items-center border-r text-sm pointer-coarse:h-10", here ? "bg-surface text-ink" : "bg-sunken text-ink-3 hover:text-ink")}
          >
            <button
              type="button"
              title={path}
              aria-current={here || undefined}
              onClick={() => onOpen(path)}
              onAuxClick={(event) => event.button === 1 && onClose(path)}
              className="flex h-full max-w-56 items-center gap-2 pl-3 focus-visible:-outline-offset-2"
            >
              <span className="truncate font-mono text-xs">{nameIn(path, open)}</span>
              {dirty && <span className="sr-only">, not saved</span>}
            </button>
            <button
              type="button"
              aria-label={`Close ${path}`}
              onClick={() => onClose(path)}
              className="relative mx-1 grid size-6 place-items-center rounded-sm hover:bg-hover focus-visible:-outline-offset-2"
            >
              {dirty && <span aria-hidden className="size-2 rounded-full bg-ink-2 group-hover/tab:hidden" />}
              <X aria-hidden className={cn("size-3.5", dirty && "hidden group-hover/tab:block", !here && !dirty && "pointer-fine:opacity-0 pointer-fine:group-hover/tab:opacity-100")} />
            </button>
          </div>
        );
      })}
    </div>
  );
}

/** The file's name, with its folder where another open file has the same name. */
function nameIn(path: string, open: readonly string[]): string {
  const parts = path.split("/");
  const name = parts.at(-1) ?? path;
  const alike = open.some((other) => other !== path && other.split("/").at(-1) === name);
  return alike ? parts.slice(-2).join("/") : name;
}
