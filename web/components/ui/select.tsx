import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

import { control } from "@/components/ui/control";
import { cn } from "@/lib/cn";

export interface SelectOption<Value extends string = string> {
  value: Value;
  label: string;
  /** Stands after the label. */
  hint?: string;
  disabled?: boolean;
}

export type SelectProps<Value extends string> = Omit<ComponentProps<"select">, "value" | "onChange" | "children" | "size" | "multiple"> & {
  /** Null while nothing is chosen. */
  value: Value | null;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  size?: "sm" | "md";
  placeholder?: string;
};

/**
 * One of a few. Label it with a Field or with aria-label. It is the browser's own control, which works with every keyboard, screen reader
 * and phone and costs no script; where the browser lets pages style its list (globals.css), it looks like our other lists.
 */
export function Select<Value extends string>({ value, onValueChange, options, size = "md", placeholder = "Select…", className, ...props }: SelectProps<Value>) {
  const choose = (chosen: string) => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option) onValueChange(option.value);
  };
  return (
    <span className={cn("relative inline-block w-full min-w-0", className)}>
      <select {...props} value={value ?? ""} onChange={(event) => choose(event.target.value)} data-empty={value === null || undefined} className={cn(control({ size }), "peer select")}>
        {value === null && (
          <option value="" disabled hidden>
            {placeholder}
          </option>
        )}
        {value !== null && !options.some((option) => option.value === value) && <option value={value}>{placeholder}</option>}
        {options.map(({ value: id, label, hint, disabled }) => (
          <option key={id} value={id} disabled={disabled}>
            {hint ? `${label} · ${hint}` : label}
          </option>
        ))}
      </select>
      {/* Stands on what is chosen where that is too long: not every browser ends it before the padding. */}
      <span aria-hidden className="pointer-events-none absolute inset-y-px right-px flex w-7 items-center justify-center rounded-r-md bg-surface text-ink-3 peer-disabled:bg-sunken">
        <ChevronDown className="size-4" />
      </span>
    </span>
  );
}
