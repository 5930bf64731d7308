"use client";

import { Check, ChevronDown, X } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { SearchInput } from "@/components/ui/input";
import { Popover } from "@/components/ui/popover";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { useFunction, useFunctions } from "@/lib/data/functions";
import { useSettled } from "@/lib/use-settled";

export interface FunctionFilterProps {
  /** The id of the chosen function; null for all. */
  functionId: string | null;
  onFunctionChange: (id: string | null) => void;
}

/** A filter chip that chooses one function; the server searches, so that it finds all there are. */
export function FunctionFilter({ functionId, onFunctionChange }: FunctionFilterProps) {
  const [open, setOpen] = useState(false);
  const { fn } = useFunction(functionId);
  const choose = (id: string | null) => {
    onFunctionChange(id);
    setOpen(false);
  };
  return (
    <Popover
      aria-label="Filter by function"
      open={open}
      onOpenChange={setOpen}
      className="flex w-64 flex-col p-0"
      trigger={
        <Button size="sm" className={cn("max-w-full", functionId === null ? "border-dashed text-ink-2" : "bg-selected")}>
          Function
          {functionId !== null && <span className="max-w-40 truncate text-ink-2">{fn?.name ?? functionId}</span>}
          <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
        </Button>
      }
    >
      <Choices functionId={functionId} onChoose={choose} />
    </Popover>
  );
}

function Choices({ functionId, onChoose }: { functionId: string | null; onChoose: (id: string | null) => void }) {
  const [typed, setTyped] = useState("");
  const { functions, error } = useFunctions({ q: useSettled(typed.trim()), pageSize: 50 });
  return (
    <>
      <div className="border-b p-2">
        <SearchInput size="sm" value={typed} onValueChange={setTyped} placeholder="Find function" />
      </div>
      <div role="group" aria-label="Functions" className="max-h-64 overflow-y-auto p-1">
        <ErrorNote error={error} />
        {functions === undefined && error === undefined && <Skeleton className="m-2 h-3 w-2/5" />}
        {functions?.length === 0 && <p className="px-2 py-3 text-center text-sm text-ink-3">{typed.trim() === "" ? "There are no functions yet." : `No function matches “${typed.trim()}”.`}</p>}
        {functions?.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === functionId}
            onClick={() => onChoose(id)}
            className="group flex min-h-8 w-full items-center gap-2 rounded-sm px-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
          >
            <span className="min-w-0 grow truncate" title={name}>
              {name}
            </span>
            <Check aria-hidden className="size-4 opacity-0 group-aria-pressed:opacity-100" />
          </button>
        ))}
      </div>
      {functionId !== null && (
        <div className="border-t p-1">
          <Button variant="ghost" size="sm" icon={<X aria-hidden className="size-3.5" />} onClick={() => onChoose(null)} className="w-full justify-start">
            All functions
          </Button>
        </div>
      )}
    </>
  );
}
