import { cva } from "class-variance-authority";

/** How a control that holds a value looks: inputs, text areas, selects. On touch it grows to 40 px and to a size that phones do not zoom into. */
export const control = cva(
  "w-full min-w-0 rounded-md border border-field bg-surface text-sm text-ink transition-colors hover:border-ink-3 disabled:bg-sunken disabled:text-ink-3 disabled:hover:border-field aria-invalid:border-failure pointer-coarse:text-lg",
  {
    variants: { size: { sm: "h-7 px-2 pointer-coarse:h-10", md: "h-8 px-2.5 pointer-coarse:h-10", free: "px-2.5 py-1.5" } },
    defaultVariants: { size: "md" },
  },
);
