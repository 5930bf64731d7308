"use client";

import { ChevronDown, ChevronUp } from "lucide-react";

import type { useSearch } from "@/components/execution/use-search";
import { Button } from "@/components/ui/button";
import { SearchInput } from "@/components/ui/input";
import { formatCount } from "@/lib/format";

/** The search of a log: Enter goes to the next match, Shift+Enter to the one before. */
export function LogSearch({ search }: { search: ReturnType<typeof useSearch> }) {
  const { typed, setTyped, query, matches, place, next, previous } = search;
  return (
    <div role="search" className="flex min-w-0 grow items-center gap-1 sm:grow-0">
      <SearchInput
        size="sm"
        value={typed}
        onValueChange={setTyped}
        placeholder="Search the log"
        className="min-w-0 grow sm:w-56 sm:grow-0"
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (event.shiftKey) previous();
          else next();
        }}
      />
      {query !== "" && (
        <>
          <span role="status" className="min-w-16 px-1 text-xs whitespace-nowrap text-ink-3">
            {matches === 0 ? "No match" : `${formatCount(place + 1)} of ${formatCount(matches)}`}
          </span>
          <Button size="icon-sm" variant="ghost" aria-label="Previous match" disabled={matches === 0} onClick={previous} icon={<ChevronUp aria-hidden className="size-4" />} />
          <Button size="icon-sm" variant="ghost" aria-label="Next match" disabled={matches === 0} onClick={next} icon={<ChevronDown aria-hidden className="size-4" />} />
        </>
      )}
    </div>
  );
}
