"use client";

import { Segmented } from "@/components/ui/segmented";
import { formatAbsolute } from "@/lib/format";
import { rangeOf } from "@/lib/executions/filter";
import type { useAddress } from "@/lib/use-address";

const options = [
  { value: "any", label: "All" },
  { value: "1h", label: "1h" },
  { value: "24h", label: "24h" },
  { value: "7d", label: "7d" },
  { value: "30d", label: "30d" },
] as const;

/** How far back one looks. A chart may lead here with a span of its own, which is then one more choice. */
export function RangeFilter({ params, onChange }: { params: URLSearchParams; onChange: ReturnType<typeof useAddress>["change"] }) {
  const range = rangeOf(params.get("range"));
  const [from, to] = [params.get("from"), params.get("to")];
  const custom = range === null && (from !== null || to !== null);
  return (
    <Segmented
      aria-label="Time range"
      value={range ?? (custom ? "custom" : "any")}
      onValueChange={(value) => value !== "custom" && onChange({ range: value === "any" ? null : value, from: null, to: null })}
      options={custom ? [...options, { value: "custom" as const, label: spanLabel(from, to) }] : options}
    />
  );
}

function spanLabel(from: string | null, to: string | null): string {
  const show = (time: string | null) => (time === null || Number.isNaN(Date.parse(time)) ? "…" : formatAbsolute(time));
  return `${show(from)} – ${show(to)}`;
}
