import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";

import type { ExecutionStatus } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { statusLook } from "@/lib/status";

const look = cva("inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3 [&_svg]:shrink-0", {
  variants: {
    tone: {
      neutral: "bg-idle-soft text-ink-2",
      accent: "bg-accent-soft text-accent-text",
      success: "bg-success-soft text-success",
      failure: "bg-failure-soft text-failure",
      warning: "bg-warning-soft text-warning",
    },
  },
  defaultVariants: { tone: "neutral" },
});

export type BadgeProps = ComponentProps<"span"> & VariantProps<typeof look>;

export function Badge({ tone, className, ...props }: BadgeProps) {
  return <span {...props} className={cn(look({ tone }), className)} />;
}

export type StatusProps = Omit<ComponentProps<"span">, "children"> & { status: ExecutionStatus };

/** Icon, label and colour: the colour never stands alone. */
export function StatusBadge({ status, className, ...props }: StatusProps) {
  const { icon: Icon, label, soft, text } = statusLook(status);
  return (
    <span {...props} className={cn(look(), soft, text, className)}>
      <Icon aria-hidden className={cn(status === "running" && "animate-pulse")} />
      {label}
    </span>
  );
}

/** For where a badge does not fit; the label is there for screen readers and as the title. */
export function StatusDot({ status, className, ...props }: StatusProps) {
  const { label, fill } = statusLook(status);
  return (
    <span title={label} {...props} className={cn("inline-flex size-2 shrink-0 rounded-full", fill, status === "running" && "animate-pulse", className)}>
      <span className="sr-only">{label}</span>
    </span>
  );
}
