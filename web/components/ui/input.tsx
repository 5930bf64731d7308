"use client";

import { Eye, EyeOff, Search, X } from "lucide-react";
import { useState, type ComponentProps, type KeyboardEvent } from "react";

import { control } from "@/components/ui/control";
import { cn } from "@/lib/cn";

export type InputProps = Omit<ComponentProps<"input">, "size"> & { size?: "sm" | "md" };

export function Input({ size, className, ...props }: InputProps) {
  return <input {...props} className={cn(control({ size }), className)} />;
}

export function Textarea({ className, rows = 4, ...props }: ComponentProps<"textarea">) {
  return <textarea {...props} rows={rows} className={cn(control({ size: "free" }), className)} />;
}

const inside = "absolute inset-y-0 right-0 grid w-8 place-items-center rounded-md text-ink-3 hover:text-ink pointer-coarse:w-10";

export type SearchInputProps = Omit<InputProps, "value" | "onChange" | "type"> & {
  value: string;
  onValueChange: (value: string) => void;
};

/** Escape empties it; when it is empty Escape means what it means around it. `className` applies to the whole. */
export function SearchInput({ value, onValueChange, className, onKeyDown, ...props }: SearchInputProps) {
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    onKeyDown?.(event);
    if (event.key !== "Escape" || value === "") return;
    event.preventDefault();
    event.stopPropagation();
    onValueChange("");
  };
  return (
    <div className={cn("relative", className)}>
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" />
      <Input
        aria-label={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        {...props}
        type="search"
        value={value}
        onChange={(event) => onValueChange(event.target.value)}
        onKeyDown={keys}
        className="px-8 [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== "" && (
        <button type="button" aria-label="Clear the search" className={inside} onClick={() => onValueChange("")}>
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  );
}

export function PasswordInput({ className, ...props }: Omit<InputProps, "type">) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className={cn("relative", className)}>
      <Input spellCheck={false} autoCapitalize="none" {...props} type={shown ? "text" : "password"} className="pr-9" />
      <button type="button" aria-label={shown ? "Hide the password" : "Show the password"} className={inside} onClick={() => setShown(!shown)}>
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  );
}
