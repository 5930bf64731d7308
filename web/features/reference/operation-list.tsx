"use client";

import { Link } from "@/components/ui/link";
import { useState } from "react";

import { SearchInput } from "@/components/ui/input";
import { cn } from "@/lib/cn";

import { search, type Operation, type Reference } from "./document";
import { Method } from "./method";

export function OperationList({ groups, chosen }: { groups: Reference["groups"]; chosen: string | undefined }) {
  const [query, setQuery] = useState("");
  const found = search(groups, query);
  return (
    <div className="flex flex-col gap-5 py-6">
      <SearchInput value={query} onValueChange={setQuery} placeholder="Search operations" className="mx-1" />
      <nav aria-label="Operations" className="flex flex-col gap-5">
        {found.map(({ name, operations }) => (
          <section key={name} aria-label={name}>
            <h2 className="px-2 pb-1 text-xs font-medium text-ink-3">{name}</h2>
            <ul>
              {operations.map((operation) => (
                <li key={operation.id}>
                  <OperationLink operation={operation} chosen={operation.id === chosen} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {found.length === 0 && <p className="px-2 text-sm text-ink-3">No operation matches “{query}”.</p>}
    </div>
  );
}

function OperationLink({ operation, chosen }: { operation: Operation; chosen: boolean }) {
  return (
    <Link
      href={`/reference?operation=${operation.id}`}
      scroll={false}
      prefetch={false}
      aria-current={chosen ? "page" : undefined}
      title={operation.summary}
      className={cn(
        "flex min-h-8 items-center gap-2 rounded-md px-2 py-1 text-sm transition-colors pointer-coarse:min-h-10 focus-visible:-outline-offset-2",
        chosen ? "bg-selected text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      <Method method={operation.isWebSocket ? "WS" : operation.method} className="w-12 shrink-0" />
      <code className="min-w-0 text-xs [overflow-wrap:anywhere]">{operation.path.replace(/^\/api/, "")}</code>
    </Link>
  );
}
