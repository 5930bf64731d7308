"use client";

import { ArrowDown } from "lucide-react";
import { useCallback, useState, type ReactNode } from "react";

import { LogRow } from "@/components/execution/log-row";
import { useLineWindow } from "@/components/execution/use-line-window";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/format";
import { keyOf, type LogEntry } from "@/lib/logs/entry";

export interface LogListProps {
  /** Names the region that scrolls. */
  label: string;
  entries: readonly LogEntry[];
  /** Whether lines may still come: then the list begins at its end and stays there until it is scrolled up. */
  live: boolean;
  wrap: boolean;
  /** What is searched for, in lower case. */
  query?: string;
  /** The place in `entries` that the search stands at. */
  current?: number | null;
  /** Whether lines say which function they are of. */
  origins?: boolean;
  /** Above the first line. */
  header?: ReactNode;
  /** In pixels; it is lower with few lines. Without it the list fills its parent. */
  maxHeight?: number;
  className?: string;
}

/** The lines of a log, of which only those in sight are drawn. */
export function LogList({ label, entries, live, wrap, query = "", current = null, origins = false, header, maxHeight, className }: LogListProps) {
  const { scroller, lines, from, to, before, after, onScroll, onKeyDown, following, follow } = useLineWindow({ entries, live, wrap, current });
  const { unfolded, toggle } = useUnfolded();
  const currentEntry = current === null ? undefined : entries[current];
  return (
    <div className={cn("relative min-h-0", maxHeight === undefined && "h-full", className)}>
      <div
        ref={scroller}
        role="region"
        aria-label={label}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        style={{ maxHeight }}
        className={cn("relative overflow-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2", maxHeight === undefined && "h-full")}
      >
        {header}
        <div ref={lines} style={{ paddingTop: before, paddingBottom: after }}>
          {entries.slice(from, to).map((entry, i) => {
            const previous = entries[from + i - 1];
            return (
              <LogRow
                key={keyOf(entry)}
                entry={entry}
                opens={previous?.execution_id !== entry.execution_id}
                day={origins ? dayChange(previous, entry) : null}
                origins={origins}
                wrap={wrap}
                query={query}
                current={currentEntry === entry}
                unfolded={unfolded.has(entry)}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
      {live && !following && (
        <Button size="sm" variant="secondary" icon={<ArrowDown aria-hidden className="size-3.5" />} onClick={follow} className="absolute right-4 bottom-3 shadow-pop">
          Jump to latest
        </Button>
      )}
    </div>
  );
}

function useUnfolded() {
  const [unfolded, setUnfolded] = useState<ReadonlySet<LogEntry>>(() => new Set());
  const toggle = useCallback((entry: LogEntry) => {
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(entry)) after.add(entry);
      return after;
    });
  }, []);
  return { unfolded, toggle };
}

function dayChange(before: LogEntry | undefined, entry: LogEntry): string | null {
  const day = formatDay(entry.time);
  return before !== undefined && formatDay(before.time) === day ? null : day;
}
