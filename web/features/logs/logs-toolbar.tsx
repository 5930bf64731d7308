"use client";

import { FunctionFilter } from "@/components/execution/function-filter";
import { LogLevels } from "@/components/execution/log-levels";
import { RangeFilter } from "@/components/execution/range-filter";
import { SearchInput } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { LevelChoice } from "@/lib/logs/filter";
import type { useAddress } from "@/lib/use-address";

import { streams } from "./filter";

const streamOptions = [
  { value: "any", label: "All streams" },
  { value: "stdout", label: "Output", hint: "Standard output" },
  { value: "stderr", label: "Errors", hint: "Standard error" },
  { value: "system", label: "Platform", hint: "Written by the platform" },
] as const;

interface Props {
  params: URLSearchParams;
  onChange: ReturnType<typeof useAddress>["change"];
  levels: readonly LevelChoice[];
}

export function LogsToolbar({ params, onChange, levels }: Props) {
  return (
    <div role="search" aria-label="Logs" className="flex flex-wrap items-center gap-2 py-3">
      <SearchInput
        size="sm"
        value={params.get("q") ?? ""}
        onValueChange={(q) => onChange({ q }, "replace")}
        placeholder="Search all logs"
        maxLength={256}
        className="w-full sm:w-64"
      />
      <FunctionFilter functionId={params.get("function_id")} onFunctionChange={(id) => onChange({ function_id: id })} />
      <LogLevels levels={levels} onLevelsChange={(chosen) => onChange({ level: chosen.join(",") })} />
      <Select
        size="sm"
        aria-label="Stream"
        value={streams.find((stream) => stream === params.get("stream")) ?? "any"}
        onValueChange={(stream) => onChange({ stream: stream === "any" ? null : stream })}
        options={streamOptions}
        className="w-32"
      />
      <RangeFilter params={params} onChange={onChange} />
    </div>
  );
}
