"use client";

import { useMemo, useState, type ReactNode } from "react";

import { ConnectionNote } from "@/components/execution/connection-note";
import { LogActions } from "@/components/execution/log-actions";
import { LogLevels } from "@/components/execution/log-levels";
import { LogList } from "@/components/execution/log-list";
import { LogSearch } from "@/components/execution/log-search";
import { useSearch, useTaken } from "@/components/execution/use-search";
import { cn } from "@/lib/cn";
import { formatBytes, formatCount } from "@/lib/format";
import { asText, type LogEntry } from "@/lib/logs/entry";
import { passes, type LevelChoice } from "@/lib/logs/filter";
import type { Connection } from "@/lib/stream/connection";

export interface LogPanelProps {
  lines: readonly LogEntry[];
  /** How much the log limit has dropped, in bytes. */
  truncatedBytes?: number;
  /** Whether lines may still come. */
  live: boolean;
  /** How the stream stands; null where there is none. */
  connection?: Connection | null;
  /** What the log is called when it is saved: log.txt when left out. */
  fileName?: string;
  /** Shown while there is no line. */
  empty?: ReactNode;
  /** In pixels; without it the panel fills its parent. */
  maxHeight?: number;
  className?: string;
}

/** The log of one execution with what one needs to read it. */
export function LogPanel({ lines, truncatedBytes = 0, live, connection = null, fileName = "log.txt", empty, maxHeight, className }: LogPanelProps) {
  const [levels, setLevels] = useState<LevelChoice[]>([]);
  const [wrap, setWrap] = useState(false);
  const test = useMemo(() => (entry: LogEntry) => passes(entry, { levels, stream: null }), [levels]);
  const { entries } = useTaken(lines, test);
  const search = useSearch(entries);
  const text = () => asText(entries) + (truncatedBytes > 0 ? `--- ${dropped(truncatedBytes)}\n` : "");
  if (lines.length === 0 && truncatedBytes === 0) return <div className={className}>{empty ?? <Nothing live={live} />}</div>;
  return (
    <div className={cn("flex min-h-0 min-w-0 flex-col", maxHeight === undefined && "h-full", className)}>
      <div className="flex flex-wrap items-center gap-1 pb-2">
        <LogSearch search={search} />
        <LogLevels levels={levels} onLevelsChange={setLevels} />
        <div className="ml-auto flex items-center gap-1">
          <ConnectionNote connection={connection} />
          <LogActions wrap={wrap} onWrapChange={setWrap} text={text} what="the log" fileName={fileName} />
        </div>
      </div>
      <div className={cn("min-h-0 overflow-hidden rounded-md bg-sunken py-1", maxHeight === undefined && "grow")}>
        {entries.length === 0 ? (
          <p className="px-3 py-4 text-sm text-ink-3">None of {formatCount(lines.length)} lines has such a level.</p>
        ) : (
          <LogList key={levels.join()} label="Log" entries={entries} live={live} wrap={wrap} query={search.query} current={search.query === "" ? null : search.current} maxHeight={maxHeight} />
        )}
      </div>
      {truncatedBytes > 0 && (
        <p className="pt-2 text-sm text-warning">
          <span aria-hidden>✂ </span>
          {dropped(truncatedBytes)}
        </p>
      )}
    </div>
  );
}

function dropped(bytes: number): string {
  return `${formatBytes(bytes)} more were written and dropped: the log limit of an execution was reached.`;
}

function Nothing({ live }: { live: boolean }) {
  return <p className="text-sm text-ink-3">{live ? "Nothing has been written yet." : "Nothing was written to standard output or standard error."}</p>;
}
