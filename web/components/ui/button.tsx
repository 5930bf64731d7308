"use client";

import { cva } from "class-variance-authority";
import { Link } from "@/components/ui/link";
import type { ComponentProps, MouseEvent, ReactNode } from "react";

import { Spinner } from "@/components/ui/spinner";
import { cn } from "@/lib/cn";

// The pseudo-element widens the hit target to 40 px on touch without moving anything.
const look = cva(
  "relative inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-colors disabled:opacity-50 aria-disabled:cursor-not-allowed pointer-coarse:after:absolute pointer-coarse:after:inset-x-0 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-accent-ink hover:bg-accent-hover",
        secondary: "border-hairline-strong bg-surface text-ink hover:bg-hover",
        ghost: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
        danger: "border-failure bg-surface text-failure hover:bg-failure-soft",
      },
      size: {
        sm: "h-7 px-2 text-sm pointer-coarse:after:-inset-y-1.5",
        md: "h-8 px-3 text-sm pointer-coarse:after:-inset-y-1",
        lg: "h-10 px-4 text-base",
        icon: "size-8 text-sm pointer-coarse:after:-inset-1",
        "icon-sm": "size-7 text-sm pointer-coarse:after:-inset-1.5",
      },
    },
  },
);

type Size = { size?: "sm" | "md" | "lg" } | { size: "icon" | "icon-sm"; "aria-label": string };

interface Look {
  variant?: "primary" | "secondary" | "ghost" | "danger";
  /** Shown before the text; 16 px. */
  icon?: ReactNode;
}

export type ButtonProps = Omit<ComponentProps<"button">, "size"> & Look & Size & { /** Shows that the action runs and ignores further presses. */ pending?: boolean };

/** A button does something. What goes somewhere is a ButtonLink. */
export function Button({ variant = "secondary", size = "md", icon, pending = false, type = "button", className, onClick, children, ...props }: ButtonProps) {
  // Not the disabled attribute: it would drop the focus of whoever pressed.
  const press = (event: MouseEvent<HTMLButtonElement>) => (pending ? event.preventDefault() : onClick?.(event));
  return (
    <button {...props} type={type} onClick={press} aria-busy={pending || undefined} aria-disabled={pending || props["aria-disabled"]} className={cn(look({ variant, size }), className)}>
      {pending && <Spinner className="absolute" />}
      <span className={cn("contents", pending && "[&>*]:opacity-0")}>
        {icon}
        {children !== undefined && <span className="inline-flex items-center gap-1.5">{children}</span>}
      </span>
    </button>
  );
}

export type ButtonLinkProps = ComponentProps<typeof Link> & Look & Size;

export function ButtonLink({ variant = "secondary", size = "md", icon, className, children, ...props }: ButtonLinkProps) {
  return (
    <Link {...props} className={cn(look({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}
