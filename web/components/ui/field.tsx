"use client";

import { cloneElement, useId, type ReactElement, type ReactNode } from "react";

import { cn } from "@/lib/cn";

/** What the control inside a Field takes, so that its label, hint and error are bound to it. */
export interface FieldControl {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong and how to mend it. */
  error?: string | null;
  optional?: boolean;
  className?: string;
  /** The control itself, which is given the props of FieldControl, or a function of them where it is nested deeper. */
  children: ReactElement<Partial<FieldControl>> | ((control: FieldControl) => ReactNode);
}

/** One labelled control: `<Field label="Name" error={…}><Input {...register("name")} /></Field>`. */
export function Field({ label, hint, error, optional = false, className, children }: FieldProps) {
  const id = useId();
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const described = [errorId, hintId].filter(Boolean).join(" ");
  const control: FieldControl = { id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined };
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
        {optional && <span className="font-normal text-ink-3"> (optional)</span>}
      </label>
      {typeof children === "function" ? children(control) : cloneElement(children, control)}
      {error && (
        <p id={errorId} role="alert" className="text-sm break-words text-failure">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-sm text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}
