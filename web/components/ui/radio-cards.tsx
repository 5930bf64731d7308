"use client";

import { useId, type ReactNode } from "react";

import { cn } from "@/lib/cn";

export interface RadioCardsProps<Value extends string> {
  value: Value | null;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; title: ReactNode; description?: ReactNode; disabled?: boolean }[];
  /** What is chosen. */
  legend: string;
  /** Whether the legend is read only, because a heading already says it. */
  hideLegend?: boolean;
  className?: string;
}

/** One of a few that each need a sentence. Native radios: arrows move, Tab leaves. `className` lays out the cards. */
export function RadioCards<Value extends string>({ value, onValueChange, options, legend, hideLegend = false, className }: RadioCardsProps<Value>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={cn("mb-1 text-sm font-medium", hideLegend && "sr-only")}>{legend}</legend>
      <div className={cn("grid gap-2 sm:grid-cols-2", className)}>
        {options.map((option) => (
          <label
            key={option.value}
            className="relative flex min-w-0 cursor-pointer gap-2.5 rounded-md border border-hairline-strong bg-surface px-3 py-2.5 text-sm transition-colors hover:bg-hover has-checked:border-ink has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus has-disabled:cursor-not-allowed has-disabled:opacity-50"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onValueChange(option.value)}
              className="mt-0.5 size-4 shrink-0 cursor-[inherit] appearance-none rounded-full border border-field bg-surface outline-none checked:border-5 checked:border-ink"
            />
            <span className="min-w-0">
              <span className="block font-medium break-words">{option.title}</span>
              {option.description && <span className="block text-pretty text-ink-3">{option.description}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
