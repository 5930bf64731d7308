"use client";

import { Activity, ArrowUp, SearchX } from "lucide-react";
import { useMemo } from "react";

import { ConnectionNote } from "@/components/execution/connection-note";
import { Banner } from "@/components/ui/banner";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { messageOf } from "@/lib/api/problem";
import { useExecutions } from "@/lib/data/executions";
import { useLiveExecutions } from "@/lib/data/live-executions";
import { filterOf } from "@/lib/executions/filter";
import { formatCount } from "@/lib/format";
import { useAddress } from "@/lib/use-address";
import { useSettled } from "@/lib/use-settled";

import { ExecutionRows } from "./execution-rows";
import { ExecutionsToolbar } from "./executions-toolbar";
import { useHeld } from "./use-held";

export function ExecutionsPage() {
  const { params, change } = useAddress();
  const query = useSettled((params.get("q") ?? "").trim());
  const address = params.toString();
  // The text of the address and not the object, which is another one at every step of the history.
  const filter = useMemo(() => filterOf(new URLSearchParams(address), query, Date.now()), [address, query]);
  const { executions: loaded, error, isLoading, isLoadingMore, isComplete, loadMore, refresh } = useExecutions(filter);
  const { executions, connection, error: liveError } = useLiveExecutions(filter, loaded, isComplete, refresh);
  const { shown, waiting, show } = useHeld(executions);
  const filtered = Object.keys(filter).length > 0;
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader title="Executions" actions={<ConnectionNote connection={connection} />} />
      <ExecutionsToolbar params={params} onChange={change} />
      {error !== undefined && shown !== undefined && (
        <Banner tone="failure" title="More could not be loaded" action={<Button size="sm" onClick={loadMore}>Retry</Button>} className="mb-3">
          {messageOf(error)}
        </Banner>
      )}
      {liveError !== undefined && (
        <Banner tone="warning" title="The newest executions may be missing" action={<Button size="sm" onClick={() => void refresh()}>Load again</Button>} className="mb-3">
          {messageOf(liveError)}
        </Banner>
      )}
      {waiting > 0 && (
        <div className="pointer-events-none sticky top-14 z-20 flex h-0 justify-center md:top-2">
          <Button size="sm" variant="primary" icon={<ArrowUp aria-hidden className="size-3.5" />} onClick={show} className="pointer-events-auto shadow-pop">
            {formatCount(waiting)} new
          </Button>
        </div>
      )}
      {error !== undefined && shown === undefined ? (
        <ErrorState error={error} title="The executions could not be loaded" onRetry={() => void refresh()} />
      ) : shown?.length === 0 && !isLoading ? (
        <Nothing filtered={filtered} onReset={() => change(Object.fromEntries([...params.keys()].map((name) => [name, null])))} />
      ) : (
        <ExecutionRows executions={isLoading ? undefined : shown} isLoadingMore={isLoadingMore} isComplete={isComplete} onMore={loadMore} />
      )}
    </div>
  );
}

function Nothing({ filtered, onReset }: { filtered: boolean; onReset: () => void }) {
  return filtered ? (
    <EmptyState
      icon={<SearchX />}
      title="No execution matches"
      description="Everything that the server keeps was looked at. Widen the time range or take a filter away."
      action={<Button onClick={onReset}>Remove all filters</Button>}
    />
  ) : (
    <EmptyState
      icon={<Activity />}
      title="Nothing has run yet"
      description="Every call of a function appears here as it happens, with its input, output, log and timing."
      action={<ButtonLink href="/functions">Run a function</ButtonLink>}
    />
  );
}
