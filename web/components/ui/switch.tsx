import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/lib/cn";

export type SwitchProps = Omit<ComponentProps<"input">, "type" | "role"> & { label: ReactNode; hint?: ReactNode };

/** Turns something on at once; what is only sent with a form is a Checkbox. `className` applies to the whole row. */
export function Switch({ label, hint, className, ...props }: SwitchProps) {
  return (
    <label className={cn("flex min-w-0 cursor-pointer items-start justify-between gap-4 text-sm has-disabled:cursor-not-allowed has-disabled:text-ink-3 pointer-coarse:min-h-10", className)}>
      <span className="min-w-0">
        <span className="block font-medium break-words">{label}</span>
        {hint && <span className="block text-ink-3">{hint}</span>}
      </span>
      <input
        {...props}
        type="checkbox"
        role="switch"
        className="relative mt-0.5 h-4 w-7 shrink-0 cursor-[inherit] appearance-none rounded-full border border-field bg-sunken transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-2.5 before:rounded-full before:bg-ink-3 checked:border-ink checked:bg-ink checked:before:left-auto checked:before:right-0.5 checked:before:bg-canvas disabled:opacity-50"
      />
    </label>
  );
}
