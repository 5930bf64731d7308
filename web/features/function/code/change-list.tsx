"use client";

import { useState } from "react";

import { DiffEditor } from "@/components/editor/diff-editor";
import { cn } from "@/lib/cn";

import type { Change } from "./changes";

const kinds = {
  added: { letter: "A", label: "added", look: "text-success" },
  changed: { letter: "M", label: "changed", look: "text-warning" },
  removed: { letter: "D", label: "removed", look: "text-failure" },
};

/** What differs, file by file: a list to choose from and the difference of the one chosen. */
export function ChangeList({ changes, className }: { changes: readonly Change[]; className?: string }) {
  const [path, setPath] = useState<string | null>(null);
  const chosen = changes.find((change) => change.path === path) ?? changes[0];
  if (!chosen) return null;
  return (
    <div className={cn("flex min-h-0 flex-col border md:flex-row", className)}>
      <ul aria-label="Changed files" className="max-h-28 shrink-0 overflow-auto border-b bg-sunken py-1 md:max-h-none md:w-52 md:border-r md:border-b-0">
        {changes.map((change) => {
          const { letter, label, look } = kinds[change.kind];
          return (
            <li key={change.path}>
              <button
                type="button"
                title={change.path}
                aria-pressed={change === chosen}
                onClick={() => setPath(change.path)}
                className={cn("flex h-7 w-full items-center gap-2 px-3 text-left focus-visible:-outline-offset-2 pointer-coarse:h-10", change === chosen ? "bg-selected" : "hover:bg-hover")}
              >
                <span className={cn("font-mono text-xs font-medium", look)} aria-hidden>
                  {letter}
                </span>
                <span className="min-w-0 truncate font-mono text-xs">{change.path}</span>
                <span className="sr-only">, {label}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <DiffEditor path={chosen.path} before={chosen.before} after={chosen.after} label={chosen.path} className="h-72 grow md:h-auto" />
    </div>
  );
}
