"use client";

import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { Checkbox } from "@/components/ui/checkbox";
import { ErrorNote } from "@/components/ui/error-state";
import { SearchInput } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import type { Func } from "@/lib/api/types";
import { useFunctions } from "@/lib/data/functions";

export type PickedFunction = Pick<Func, "id" | "name">;

/** Picks functions by searching; the server searches, so that it finds all there are. */
export function FunctionPicker({ picked, onPick }: { picked: PickedFunction[]; onPick: (picked: PickedFunction[]) => void }) {
  const [typed, setTyped] = useState("");
  const { functions, error } = useFunctions({ q: useDeferredValue(typed.trim()), pageSize: 50 });
  const drop = (id: string) => onPick(picked.filter((fn) => fn.id !== id));
  return (
    <div className="ml-6 flex min-w-0 flex-col gap-2">
      {picked.length > 0 && (
        <ul aria-label="Chosen functions" className="flex flex-wrap gap-1">
          {picked.map((fn) => (
            <li key={fn.id} className="flex h-6 max-w-full items-center gap-1 rounded-sm bg-idle-soft pl-2 text-xs text-ink-2">
              <span className="truncate">{fn.name}</span>
              <button type="button" aria-label={`Remove ${fn.name}`} onClick={() => drop(fn.id)} className="grid size-6 place-items-center rounded-sm hover:text-ink">
                <X aria-hidden className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <SearchInput value={typed} onValueChange={setTyped} placeholder="Search functions" />
      <div role="group" aria-label="Functions" className="max-h-40 overflow-y-auto rounded-md border p-1">
        <ErrorNote error={error} />
        {functions === undefined && error === undefined && <Skeleton className="m-2 h-3 w-2/5" />}
        {functions?.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={name}
            checked={picked.some((fn) => fn.id === id)}
            onChange={(event) => (event.target.checked ? onPick([...picked, { id, name }]) : drop(id))}
            className="rounded-sm px-2 py-1 hover:bg-hover"
          />
        ))}
        {functions?.length === 0 && (
          <p className="px-2 py-3 text-center text-sm text-ink-3">{typed.trim() === "" ? "There are no functions yet. Create one first." : `No function matches “${typed.trim()}”.`}</p>
        )}
      </div>
    </div>
  );
}
