"use client";

import { Trash2, Undo2 } from "lucide-react";
import { useId } from "react";

import { Button } from "@/components/ui/button";
import { Input, Textarea } from "@/components/ui/input";
import { cn } from "@/lib/cn";

import type { Row } from "./rows";

export interface VariableRowProps {
  row: Row;
  problem: string | undefined;
  onChange: (part: Partial<Row>) => void;
  onRemove: () => void;
}

/** Name and value side by side; on a phone under each other. */
export function VariableRow({ row, problem, onChange, onRemove }: VariableRowProps) {
  const id = useId();
  const { kind, name, value, stored, replacing, removed } = row;
  const called = name === "" ? `new ${kind}` : name;
  const bound = problem ? { "aria-invalid": true as const, "aria-describedby": id } : {};
  if (removed) {
    return (
      <li className="flex min-h-8 items-center gap-2 text-sm text-ink-3">
        <span className="font-mono line-through">{name}</span>
        <span>is removed when you save</span>
        <Button size="icon-sm" variant="ghost" aria-label={`Keep ${called}`} title="Keep it" icon={<Undo2 aria-hidden className="size-4" />} onClick={() => onChange({ removed: false })} />
      </li>
    );
  }
  return (
    <li className="flex flex-col gap-1">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
        <Input
          aria-label={`Name of ${called}`}
          {...bound}
          value={name}
          autoFocus={name === ""} // it was just added
          readOnly={stored}
          onChange={(event) => onChange({ name: event.target.value.trim() })}
          placeholder="NAME"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          className={cn("font-mono", stored && "bg-sunken text-ink-2")}
        />
        <div className="max-sm:order-last max-sm:col-span-2">
          {stored && !replacing ? (
            <div className="flex h-8 items-center justify-between gap-2 pl-2.5 text-sm text-ink-3">
              <span>
                <span aria-hidden className="mr-2 font-mono tracking-widest">
                  ••••••
                </span>
                Set
              </span>
              <Button size="sm" variant="ghost" onClick={() => onChange({ replacing: true })} aria-label={`Replace ${called}`}>
                Replace
              </Button>
            </div>
          ) : (
            <Textarea
              aria-label={`Value of ${called}`}
              {...bound}
              rows={1}
              value={value}
              onChange={(event) => onChange({ value: event.target.value })}
              placeholder={kind === "secret" ? "New value" : "Value"}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus={replacing}
              className={cn("block field-sizing-content max-h-48 min-h-8 resize-none py-[5px] font-mono", kind === "secret" && "[-webkit-text-security:disc] [text-security:disc]")}
            />
          )}
        </div>
        <Button size="icon" variant="ghost" aria-label={`Remove ${called}`} title="Remove" icon={<Trash2 aria-hidden className="size-4" />} onClick={onRemove} />
      </div>
      {problem && (
        <p id={id} role="alert" className="text-sm text-failure">
          {problem}
        </p>
      )}
    </li>
  );
}
