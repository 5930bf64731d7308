import { Check } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/lib/cn";

export type CheckboxProps = Omit<ComponentProps<"input">, "type"> & { label: ReactNode; hint?: ReactNode };

/** The browser's own checkbox with our looks, so forms and keyboards know it. `className` applies to the whole row. */
export function Checkbox({ label, hint, className, ...props }: CheckboxProps) {
  return (
    <label className={cn("flex min-w-0 cursor-pointer items-start gap-2 text-sm has-disabled:cursor-not-allowed has-disabled:text-ink-3 pointer-coarse:min-h-10 pointer-coarse:items-center", className)}>
      <span className="relative mt-0.5 grid size-4 shrink-0 place-items-center pointer-coarse:mt-0">
        <input
          {...props}
          type="checkbox"
          className="peer size-4 cursor-[inherit] appearance-none rounded-sm border border-field bg-surface transition-colors checked:border-ink checked:bg-ink disabled:opacity-50 aria-invalid:border-failure"
        />
        <Check aria-hidden strokeWidth={3} className="pointer-events-none invisible absolute size-3 text-canvas peer-checked:visible" />
      </span>
      <span className="min-w-0">
        <span className="block break-words">{label}</span>
        {hint && <span className="block text-ink-3">{hint}</span>}
      </span>
    </label>
  );
}
