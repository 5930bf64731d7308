"use client";

import { X } from "lucide-react";

import { FunctionFilter } from "@/components/execution/function-filter";
import { RangeFilter } from "@/components/execution/range-filter";
import { Button } from "@/components/ui/button";
import { MultiSelect } from "@/components/ui/combo-filter";
import { SearchInput } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { statuses, statusLook } from "@/lib/status";
import { triggerLabel, triggers } from "@/lib/trigger";
import type { useAddress } from "@/lib/use-address";

const statusOptions = statuses.map((value) => ({ value, label: statusLook(value).label }));
const triggerOptions = [{ value: "any", label: "Any trigger" }, ...triggers.map((value) => ({ value: value as string, label: triggerLabel(value) }))];

/** Filters that have no control of their own: pages that know them lead here with them. */
const extras = { version: (v: string) => `Version ${v}`, min_duration_ms: (v: string) => `${v} ms and longer` };

export function ExecutionsToolbar({ params, onChange }: { params: URLSearchParams; onChange: ReturnType<typeof useAddress>["change"] }) {
  const chosen = (params.get("status") ?? "").split(",");
  return (
    <div role="search" aria-label="Executions" className="flex flex-wrap items-center gap-2 py-3">
      <SearchInput
        size="sm"
        value={params.get("q") ?? ""}
        onValueChange={(q) => onChange({ q }, "replace")}
        placeholder="Search id, function or error"
        maxLength={256}
        className="w-full sm:w-64"
      />
      <MultiSelect
        label="Status"
        values={statuses.filter((status) => chosen.includes(status))}
        onValuesChange={(values) => onChange({ status: values.join(",") })}
        options={statusOptions}
      />
      <FunctionFilter functionId={params.get("function_id")} onFunctionChange={(id) => onChange({ function_id: id })} />
      <Select
        size="sm"
        aria-label="Trigger"
        value={triggers.find((trigger) => trigger === params.get("trigger")) ?? "any"}
        onValueChange={(trigger) => onChange({ trigger: trigger === "any" ? null : trigger })}
        options={triggerOptions}
        className="w-32"
      />
      <RangeFilter params={params} onChange={onChange} />
      {Object.entries(extras).map(([name, label]) => {
        const value = params.get(name);
        return (
          value !== null && (
            <Button key={name} size="sm" className="bg-selected" onClick={() => onChange({ [name]: null })} aria-label={`Remove the filter ${label(value)}`}>
              {label(value)}
              <X aria-hidden className="size-3.5" />
            </Button>
          )
        );
      })}
    </div>
  );
}
