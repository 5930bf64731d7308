"use client";

import { SearchInput } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Runtime } from "@/lib/api/types";

/** Stands for no filter; no runtime has such an id. */
const all = "*";

interface Props {
  q: string;
  runtime: string;
  runtimes: Runtime[] | undefined;
  onChange: (changes: Record<string, string | null>, how?: "push" | "replace") => void;
}

export function FunctionToolbar({ q, runtime, runtimes, onChange }: Props) {
  const options = [{ value: all, label: "All runtimes" }, ...(runtimes ?? []).map(({ id, name }) => ({ value: id, label: id === name ? id : `${name} (${id})` }))];
  // One that this server no longer has may still be in the address.
  if (runtime !== "" && !options.some(({ value }) => value === runtime)) options.push({ value: runtime, label: runtime });
  return (
    <div className="flex gap-2 py-3">
      <SearchInput value={q} onValueChange={(value) => onChange({ q: value }, "replace")} placeholder="Search functions" className="min-w-0 grow sm:max-w-80" />
      <Select aria-label="Runtime" value={runtime === "" ? all : runtime} onValueChange={(value) => onChange({ runtime: value === all ? null : value })} options={options} className="w-36 sm:w-44" />
    </div>
  );
}
