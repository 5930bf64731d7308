"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

import { control } from "@/components/ui/control";
import { floating, floatingItem } from "@/components/ui/floating";
import { cn } from "@/lib/cn";

export interface SelectOption<Value extends string = string> {
  value: Value;
  label: string;
  /** A second line. */
  hint?: string;
  icon?: ReactNode;
  disabled?: boolean;
}

export type SelectProps<Value extends string> = Omit<ComponentProps<"button">, "value" | "onChange" | "children" | "size" | "name" | "type" | "disabled"> & {
  value: Value | null;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  size?: "sm" | "md";
  placeholder?: string;
  disabled?: boolean;
};

/** One of a few. Label it with a Field or with aria-label. */
export function Select<Value extends string>({ value, onValueChange, options, size = "md", placeholder = "Select…", disabled, className, ...props }: SelectProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root value={value} onValueChange={(next) => next !== null && onValueChange(next)} items={options} disabled={disabled} modal={false}>
      <Base.Trigger {...props} className={cn(control({ size }), "flex items-center gap-2 text-left select-none [&_svg]:size-4 [&_svg]:shrink-0", className)}>
        {chosen?.icon}
        <Base.Value placeholder={placeholder} className="min-w-0 grow truncate data-placeholder:text-ink-3" />
        <Base.Icon className="text-ink-3">
          <ChevronDown aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner alignItemWithTrigger={false} sideOffset={4} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup className={cn(floating, "max-h-[min(20rem,var(--available-height))] max-w-(--available-width) min-w-(--anchor-width) overflow-y-auto p-1")}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} disabled={option.disabled} className={cn(floatingItem, "[&_svg]:size-4 [&_svg]:shrink-0")}>
                {option.icon}
                <span className="min-w-0 grow">
                  <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                  {option.hint && <span className="block text-xs text-ink-3">{option.hint}</span>}
                </span>
                <span className="size-4">
                  <Base.ItemIndicator>
                    <Check aria-hidden />
                  </Base.ItemIndicator>
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
