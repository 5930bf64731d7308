"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";

import { LogRow } from "@/components/execution/log-row";
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

interface Context {
  entries: readonly LogEntry[];
  /** What the first line is called by the list: lines that are put before it count down from there. */
  base: number;
  wrap: boolean;
  query: string;
  current: LogEntry | null;
  origins: boolean;
  unfolded: ReadonlySet<LogEntry>;
  toggle: (entry: LogEntry) => void;
  header: ReactNode;
}

const start = 1_000_000_000;

/** The lines of a log, of which only those in sight are drawn. */
export function LogList({ label, entries, live, wrap, query = "", current = null, origins = false, header, maxHeight, className }: LogListProps) {
  const list = useRef<VirtuosoHandle>(null);
  const base = useBase(entries);
  const { following, onScroll, jump, atBottom } = useFollowing(list, live);
  const [height, setHeight] = useState(0);
  const [unfolded, setUnfolded] = useState<ReadonlySet<LogEntry>>(() => new Set());
  const currentEntry = current === null ? null : (entries[current] ?? null);
  const context = useMemo<Context>(() => {
    const toggle = (entry: LogEntry) =>
      setUnfolded((before) => {
        const after = new Set(before);
        if (!after.delete(entry)) after.add(entry);
        return after;
      });
    return { entries, base, wrap, query, current: currentEntry, origins, unfolded, toggle, header };
  }, [entries, base, wrap, query, currentEntry, origins, unfolded, header]);

  useEffect(() => {
    if (current !== null) list.current?.scrollIntoView({ index: current, behavior: "auto" });
  }, [current, currentEntry]);

  return (
    <div className={cn("relative min-h-0", maxHeight === undefined && "h-full", className)}>
      <Virtuoso
        ref={list}
        role="region"
        aria-label={label}
        data={entries}
        context={context}
        firstItemIndex={base}
        initialTopMostItemIndex={live && entries.length > 0 ? { index: "LAST", align: "end" } : 0}
        followOutput={live && (() => (following.current ? "auto" : false))}
        atBottomStateChange={atBottom}
        atBottomThreshold={24}
        onScroll={onScroll}
        increaseViewportBy={400}
        defaultItemHeight={20}
        skipAnimationFrameInResizeObserver
        totalListHeightChanged={setHeight}
        computeItemKey={keyOfItem}
        itemContent={rowOf}
        components={components}
        style={{ height: maxHeight === undefined ? "100%" : Math.min(maxHeight, Math.max(height, 20)) }}
        className="overscroll-contain focus-visible:-outline-offset-2"
      />
      {live && !following.value && (
        <Button size="sm" variant="secondary" icon={<ArrowDown aria-hidden className="size-3.5" />} onClick={jump} className="absolute right-4 bottom-3 shadow-pop">
          Jump to latest
        </Button>
      )}
    </div>
  );
}

const components = { Header: ({ context }: { context?: Context }) => <>{context?.header}</> };

function keyOfItem(_: number, entry: LogEntry): string {
  return keyOf(entry);
}

function rowOf(index: number, entry: LogEntry, { entries, base, wrap, query, current, origins, unfolded, toggle }: Context) {
  const before = entries[index - base - 1];
  return (
    <LogRow
      entry={entry}
      opens={before?.execution_id !== entry.execution_id}
      day={origins ? dayChange(before, entry) : null}
      origins={origins}
      wrap={wrap}
      query={query}
      current={current === entry}
      unfolded={unfolded.has(entry)}
      onToggle={toggle}
    />
  );
}

function dayChange(before: LogEntry | undefined, entry: LogEntry): string | null {
  const day = formatDay(entry.time);
  return before !== undefined && formatDay(before.time) === day ? null : day;
}

/** Follows the end until the reader scrolls up, and again once they are back there. */
function useFollowing(list: React.RefObject<VirtuosoHandle | null>, live: boolean) {
  const [value, setValue] = useState(live);
  // What the list asks while it takes in lines must be true at that moment, and not as of the last rendering.
  const now = useRef(live);
  const top = useRef(0);
  const set = (next: boolean) => {
    now.current = next;
    setValue(next);
  };
  return {
    following: {
      value,
      get current() {
        return now.current;
      },
    },
    onScroll: (event: React.UIEvent<HTMLElement>) => {
      const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
      // Only a person scrolls up while lines are added at the end.
      if (scrollTop < top.current - 2 && scrollTop + clientHeight < scrollHeight - 24) set(false);
      top.current = scrollTop;
    },
    atBottom: (there: boolean) => {
      if (there) set(true);
    },
    jump: () => {
      set(true);
      list.current?.scrollToIndex({ index: "LAST", align: "end" });
    },
  };
}

/** Keeps what is in sight where it is when lines are put before the first one, or dropped there. */
function useBase(entries: readonly LogEntry[]): number {
  const [known, setKnown] = useState({ entries, base: start });
  if (known.entries === entries) return known.base;
  const base = known.base + shift(known.entries, entries);
  setKnown({ entries, base });
  return base;
}

/** By how much the first line of `before` has moved: below zero when lines were put in front of it. */
function shift(before: readonly LogEntry[], after: readonly LogEntry[]): number {
  const [oldFirst, newFirst] = [before[0], after[0]];
  if (oldFirst === newFirst || oldFirst === undefined || newFirst === undefined) return 0;
  const added = after.indexOf(oldFirst);
  if (added > 0) return -added;
  const dropped = before.indexOf(newFirst);
  return Math.max(dropped, 0);
}
