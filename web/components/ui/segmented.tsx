"use client";

import { useId, type ReactNode } from "react";

import { cn } from "@/lib/cn";

export interface SegmentedProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; disabled?: boolean }[];
  "aria-label": string;
  className?: string;
}

/** One of a few short ones, all in sight: 1h 24h 7d 30d. Native radios: arrows move, Tab leaves. */
export function Segmented<Value extends string>({ value, onValueChange, options, className, ...props }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <div role="radiogroup" {...props} className={cn("inline-flex h-7 max-w-full overflow-x-auto rounded-md border border-hairline-strong bg-surface p-px text-sm pointer-coarse:h-10", className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className="relative inline-flex min-w-8 cursor-pointer items-center justify-center gap-1.5 rounded-sm px-2 whitespace-nowrap text-ink-3 transition-colors hover:text-ink has-checked:bg-selected has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:-outline-offset-1 has-focus-visible:outline-focus has-disabled:cursor-not-allowed has-disabled:opacity-50 pointer-coarse:min-w-10"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onValueChange(option.value)}
            className="absolute inset-0 cursor-[inherit] appearance-none opacity-0"
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
