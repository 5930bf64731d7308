"use client";

import { Link } from "@/components/ui/link";
import { useEffect, useEffectEvent, useMemo, useRef } from "react";

import { ErrorNote } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { RelativeTime } from "@/components/ui/time";
import type { ExecutionSummary } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { useExecutions, type ExecutionFilter } from "@/lib/data/executions";
import { statusLook } from "@/lib/status";

const shown = 5;

interface Props {
  /** Only this function's. */
  functionId: string | null;
  /** A figure that moves when something has failed. */
  changes: number | undefined;
  className?: string;
}

/** What failed last, of all time. */
export function RecentFailures({ functionId, changes, className }: Props) {
  const failed = useMemo<ExecutionFilter>(() => ({ statuses: ["failed", "timeout"], ...(functionId !== null && { functionId }) }), [functionId]);
  const { executions, error, isLoading, refresh } = useExecutions(failed, shown);
  const before = useRef(changes);
  const look = useEffectEvent(() => {
    if (before.current !== undefined && before.current !== changes) void refresh();
    before.current = changes;
  });
  useEffect(() => look(), [changes]);
  return (
    <section aria-labelledby="failures" className={cn("min-w-0 py-5", className)}>
      <div className="mb-2 flex h-7 items-center justify-between gap-2">
        <h2 id="failures" className="text-sm font-medium">
          Recent failures
        </h2>
        <Link href={`/executions?status=failed,timeout${functionId === null ? "" : `&function_id=${encodeURIComponent(functionId)}`}`} className="rounded-sm text-sm text-ink-3 hover:text-ink hover:underline">
          All failures
        </Link>
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {isLoading && <Skeleton className="mt-2 h-44" aria-label="Loading" />}
      {executions?.length === 0 && !isLoading && <p className="py-8 text-center text-sm text-ink-3">Nothing has failed.</p>}
      <ul className="divide-y">
        {executions?.slice(0, shown).map((execution) => (
          <Failure key={execution.id} execution={execution} />
        ))}
      </ul>
    </section>
  );
}

function Failure({ execution }: { execution: ExecutionSummary }) {
  const { icon: Icon, label, text } = statusLook(execution.status);
  const { error } = execution;
  const what = error ? `${error.type}: ${error.message}` : label;
  return (
    <li>
      <Link href={`/executions/${execution.id}`} className="flex h-10 min-w-0 items-center gap-3 rounded-sm text-sm hover:bg-hover">
        <Icon aria-hidden className={cn("size-3.5 shrink-0", text)} />
        <span className="sr-only">{label}</span>
        <span className="max-w-40 shrink-0 truncate" title={execution.function_name}>
          {execution.function_name}
        </span>
        <span className="min-w-0 grow truncate font-mono text-xs text-ink-3" title={what}>
          {what}
        </span>
        <RelativeTime time={execution.created_at} className="shrink-0 text-xs text-ink-3" />
      </Link>
    </li>
  );
}
