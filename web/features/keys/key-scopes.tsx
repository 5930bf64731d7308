"use client";

import { Badge } from "@/components/ui/badge";
import { useFunctions } from "@/lib/data/functions";

import { readScopes } from "./scopes";

/** What a key may do, in words. */
export function KeyScopes({ scopes }: { scopes: string[] }) {
  const { labels, functionIds } = readScopes(scopes);
  return (
    <span className="flex flex-wrap gap-1" title={scopes.join("\n")}>
      {functionIds.length > 0 && <ExecuteOnly ids={functionIds} />}
      {labels.map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
    </span>
  );
}

function ExecuteOnly({ ids }: { ids: string[] }) {
  // One page names the functions that are in use; one that is not among them has been deleted or is far down, and its id will do.
  const { functions } = useFunctions({ pageSize: 200 });
  const [first = ""] = ids;
  const name = functions?.find((fn) => fn.id === first)?.name ?? first;
  return (
    <Badge className="max-w-64">
      <span className="truncate">{ids.length === 1 ? `Execute ${name}` : `Execute ${name} and ${ids.length - 1} more`}</span>
    </Badge>
  );
}
