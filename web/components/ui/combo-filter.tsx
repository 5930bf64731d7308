"use client";

import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { SearchInput } from "@/components/ui/input";
import { Popover } from "@/components/ui/popover";
import { cn } from "@/lib/cn";

export interface MultiSelectProps<Value extends string> {
  /** The chosen ones; none means all. */
  values: readonly Value[];
  onValuesChange: (values: Value[]) => void;
  options: readonly { value: Value; label: string }[];
  /** What is filtered by: "Status". */
  label: string;
  className?: string;
}

// More than this do not fit at a glance and get a search.
const glance = 8;

/** A filter chip that opens a list of checkboxes. The order of values is that of the options. */
export function MultiSelect<Value extends string>({ values, onValuesChange, options, label, className }: MultiSelectProps<Value>) {
  const [query, setQuery] = useState("");
  const listId = useId();
  const wanted = query.trim().toLowerCase();
  const found = options.filter((option) => option.label.toLowerCase().includes(wanted));
  const chosen = options.filter((option) => values.includes(option.value));

  const toggle = (value: Value, on: boolean) =>
    onValuesChange(options.map((option) => option.value).filter((v) => (v === value ? on : values.includes(v))));

  return (
    <Popover
      aria-label={`Filter by ${label.toLowerCase()}`}
      className="flex w-60 flex-col p-0"
      onOpenChange={(open) => open && setQuery("")}
      trigger={
        <Button size="sm" className={cn("max-w-full", chosen.length > 0 ? "bg-selected" : "border-dashed text-ink-2", className)}>
          {label}
          {chosen.length > 0 && <span className="max-w-40 truncate text-ink-2">{chosen.length === 1 ? chosen[0]?.label : `${chosen.length} of ${options.length}`}</span>}
          <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
        </Button>
      }
    >
      {options.length > glance && (
        <div className="border-b p-2">
          <SearchInput size="sm" value={query} onValueChange={setQuery} placeholder={`Find ${label.toLowerCase()}`} aria-controls={listId} />
        </div>
      )}
      <div id={listId} role="group" aria-label={label} className="max-h-64 overflow-y-auto p-1">
        {found.map((option) => (
          <Checkbox
            key={option.value}
            label={option.label}
            checked={values.includes(option.value)}
            onChange={(event) => toggle(option.value, event.target.checked)}
            className="rounded-sm px-2 py-1 hover:bg-hover"
          />
        ))}
        {found.length === 0 && <p className="px-2 py-3 text-center text-ink-3">Nothing matches</p>}
      </div>
      <div className="border-t p-1">
        <Button variant="ghost" size="sm" className="w-full" disabled={chosen.length === 0} onClick={() => onValuesChange([])}>
          Clear
        </Button>
      </div>
    </Popover>
  );
}
