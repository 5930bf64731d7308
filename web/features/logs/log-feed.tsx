"use client";

import { Pause, Play, ScrollText, SearchX } from "lucide-react";
import { useMemo, useState } from "react";

import { ConnectionNote } from "@/components/execution/connection-note";
import { LogActions } from "@/components/execution/log-actions";
import { LogList } from "@/components/execution/log-list";
import { LogSkeleton } from "@/components/execution/log-view";
import { useTaken } from "@/components/execution/use-search";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { useLogFeed } from "@/lib/data/logs";
import { formatCount } from "@/lib/format";
import { asText, type LogEntry } from "@/lib/logs/entry";
import type { FeedFilter } from "@/lib/logs/feed";
import { passes, type LevelChoice } from "@/lib/logs/filter";

import { Beginning } from "./beginning";

interface Props {
  filter: FeedFilter;
  levels: readonly LevelChoice[];
  onReset: () => void;
}

/** The lines as they come, with those before them. */
export function LogFeed({ filter, levels, onReset }: Props) {
  const feed = useLogFeed(filter);
  const [wrap, setWrap] = useState(false);
  const test = useMemo(() => (entry: LogEntry) => passes(entry, { levels, stream: null }), [levels]);
  const { entries } = useTaken(feed.entries, test);
  const text = () => asText(entries);
  const beginning = <Beginning feed={feed} />;
  return (
    <>
      <div className="flex flex-wrap items-center gap-1 pb-2">
        {feed.connection !== null && (
          <Button
            size="sm"
            aria-pressed={feed.paused}
            onClick={() => feed.setPaused(!feed.paused)}
            icon={feed.paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
          >
            {feed.paused ? "Resume" : "Pause"}
          </Button>
        )}
        {feed.paused && (
          <span role="status" className="px-1 text-sm text-ink-2">
            {feed.waiting === 0 ? "Paused" : `Paused, ${formatCount(feed.waiting)} waiting`}
          </span>
        )}
        {feed.connection === null ? <span className="text-sm text-ink-3">This range lies in the past: nothing new comes.</span> : <ConnectionNote connection={feed.connection} />}
        <div className="ml-auto flex items-center gap-1">
          <span className="px-1 text-xs text-ink-3 max-sm:hidden">{formatCount(entries.length)} lines</span>
          <LogActions wrap={wrap} onWrapChange={setWrap} text={text} what="these lines" fileName="logs.txt" />
        </div>
      </div>
      <div className="min-h-0 grow overflow-hidden rounded-md bg-sunken">
        {entries.length > 0 ? (
          <LogList key={levels.join()} label="Logs" entries={entries} live={feed.connection !== null} origins wrap={wrap} query={filter.q.toLowerCase()} header={beginning} />
        ) : feed.isLoading ? (
          <LogSkeleton />
        ) : feed.error !== undefined ? (
          <ErrorState error={feed.error} title="The logs could not be loaded" onRetry={feed.loadOlder} />
        ) : (
          <Nothing narrowed={levels.length > 0 || filter.q !== "" || filter.stream !== null || filter.functionId !== null || filter.from !== undefined} onReset={onReset}>
            {beginning}
          </Nothing>
        )}
      </div>
      {entries.length > 0 && <ErrorNote error={feed.error} className="mt-2" />}
    </>
  );
}

function Nothing({ narrowed, onReset, children }: { narrowed: boolean; onReset: () => void; children: React.ReactNode }) {
  return (
    <div className="h-full overflow-y-auto">
      {narrowed ? (
        <EmptyState icon={<SearchX />} title="No line matches" description="New lines that match appear here as they are written." action={<Button onClick={onReset}>Remove all filters</Button>} />
      ) : (
        <EmptyState
          icon={<ScrollText />}
          title="Nothing has been written yet"
          description="What functions print appears here line by line, as it happens."
          action={<ButtonLink href="/functions">Run a function</ButtonLink>}
        />
      )}
      {children}
    </div>
  );
}
