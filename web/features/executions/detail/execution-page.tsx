"use client";

import { SearchX } from "lucide-react";
import { useEffect, useEffectEvent } from "react";

import { LogSkeleton, LogView } from "@/components/execution/log-view";
import { Outcome } from "@/components/execution/outcome";
import { Waterfall } from "@/components/execution/waterfall";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { JsonView } from "@/components/ui/json-view";
import { Section } from "@/components/ui/section";
import { ApiError } from "@/lib/api/problem";
import type { Execution } from "@/lib/api/types";
import { useExecutionLog } from "@/lib/data/execution-stream";
import { useExecution } from "@/lib/data/executions";
import { isLive } from "@/lib/status";
import { usePageTitle } from "@/lib/use-page-title";
import { useRouteId } from "@/lib/use-route-id";

import { Details } from "./details";
import { ExecutionHeader } from "./execution-header";
import { ExecutionSkeleton } from "./execution-skeleton";
import { Figures } from "./figures";
import { useOpenFrame } from "./use-open-frame";
import { useParent } from "./use-parent";

export function ExecutionPage() {
  const id = useRouteId("/executions/");
  const { execution, error, refresh } = useExecution(id);
  usePageTitle(execution && `Execution of ${execution.function_name}`);
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      {execution ? (
        <ExecutionBody execution={execution} error={error} onChange={refresh} />
      ) : error === undefined ? (
        <ExecutionSkeleton />
      ) : error instanceof ApiError && error.status === 404 ? (
        <Missing />
      ) : (
        <>
          <h1 className="sr-only">Execution</h1>
          <ErrorState error={error} title="The execution could not be loaded" onRetry={refresh} />
        </>
      )}
    </div>
  );
}

function Missing() {
  return (
    <>
      <h1 className="sr-only">Execution not found</h1>
      <EmptyState
        icon={<SearchX />}
        title="There is no such execution"
        description="It may have been removed with age, belong to another account, or the address may be mistyped."
        action={<ButtonLink href="/executions">All executions</ButtonLink>}
      />
    </>
  );
}

function ExecutionBody({ execution: stored, error, onChange }: { execution: Execution; error: unknown; onChange: () => void }) {
  const log = useExecutionLog(stored);
  const { status } = log;
  // The stream knows first that it runs; when it began is then asked for.
  const askAgain = useEffectEvent(onChange);
  useEffect(() => {
    if (status === "running") askAgain();
  }, [status]);
  const execution: Execution = status === null ? stored : { ...stored, status };
  const live = isLive(execution.status);
  const { isDeleted } = useParent(execution);
  const openFrame = useOpenFrame(execution);
  return (
    <>
      <ExecutionHeader execution={execution} isDeleted={isDeleted} />
      <ErrorNote error={error} className="mt-4" />
      <Figures execution={execution} />
      <div className="grid gap-x-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <Section title={execution.error ? "Error" : "Output"}>
            <Outcome execution={execution} onFrame={openFrame} />
          </Section>
          <Section title="Logs">
            {log.isLoading ? (
              <LogSkeleton />
            ) : log.error !== undefined ? (
              <ErrorState error={log.error} title="The log could not be loaded" onRetry={log.refresh} />
            ) : (
              <LogView lines={log.lines} truncatedBytes={execution.logs_truncated_bytes} live={live} connection={log.connection} fileName={`${execution.id}.log`} maxHeight={480} />
            )}
          </Section>
          <Section title="Input">
            <JsonView label="input" fileName={`${execution.id}-input.json`} value={execution.input} className="max-h-[32rem]" />
          </Section>
        </div>
        <aside aria-label="Timing and details" className="min-w-0 border-t lg:border-t-0">
          <Section title="Timing">
            {!live && execution.phases.length > 0 ? (
              <Waterfall phases={execution.phases} />
            ) : (
              <p className="text-sm text-ink-3">{live ? "The phases are known once it has ended." : "It never got as far as a machine."}</p>
            )}
          </Section>
          <Section title="Details">
            <Details execution={execution} isDeleted={isDeleted} />
          </Section>
        </aside>
      </div>
    </>
  );
}
