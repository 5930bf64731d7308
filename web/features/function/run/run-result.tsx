"use client";

import { ExternalLink, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";

import { LogView } from "@/components/execution/log-view";
import { Outcome } from "@/components/execution/outcome";
import { StartBadge } from "@/components/execution/start-badge";
import { Waterfall } from "@/components/execution/waterfall";
import { StatusBadge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Kbd } from "@/components/ui/kbd";
import { Skeleton } from "@/components/ui/skeleton";
import { Bytes, Duration } from "@/components/ui/time";
import type { Execution } from "@/lib/api/types";

import type { Run } from "./use-run";

export interface RunResultProps {
  run: Run;
  onFrame: (file: string, line: number, message: string) => void;
}

/** One execution beside the code: how it went, what came out, its log and where the time went. */
export function RunResult({ run, onFrame }: RunResultProps) {
  const { execution, log, status, starting, error } = run;
  if (starting === "wait") return <Waiting text="Waiting for the answer…" />;
  if (starting !== null && !execution) return <Waiting text="Starting…" />;
  if (!execution) {
    return (
      <EmptyState
        title="Not run yet"
        description={
          <>
            Run the function with the event above, by the button or with <Kbd keys="mod+enter" />. Its log, output and timing appear here.
          </>
        }
      />
    );
  }
  const message = execution.error ? `${execution.error.type}: ${execution.error.message}` : "";
  return (
    <div aria-label="Result" role="region" className="flex min-w-0 flex-col">
      <div className="flex flex-col gap-2 border-b px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm" role="status">
          <StatusBadge status={status ?? execution.status} />
          <StartBadge start={execution.start} />
          {execution.finished_at !== null && <Figures execution={execution} />}
        </div>
        <div className="flex flex-wrap items-center gap-x-1 gap-y-1 text-xs text-ink-3">
          <ButtonLink size="sm" variant="ghost" href={`/executions/${execution.id}`} icon={<ExternalLink aria-hidden className="size-3.5" />} className="-ml-2">
            Open execution
          </ButtonLink>
          <Button size="sm" variant="ghost" pending={starting === "replay"} disabled={run.running} onClick={() => run.replay(execution.id)} icon={<RotateCcw aria-hidden className="size-3.5" />}>
            Replay
          </Button>
          {execution.request_id && (
            <span className="ml-auto flex min-w-0 items-center">
              <code className="truncate" title={execution.request_id}>
                {execution.request_id.slice(0, 8)}…{execution.request_id.slice(-4)}
              </code>
              <CopyButton value={execution.request_id} label="Copy the request id" />
            </span>
          )}
        </div>
        <ErrorNote error={error} />
      </div>
      {execution.finished_at !== null && (
        <Part title={execution.error === null ? "Output" : "Error"}>
          <Outcome execution={execution} onFrame={(file, line) => onFrame(file, line, message)} />
        </Part>
      )}
      <Part title="Log">
        <LogView lines={log.lines} truncatedBytes={execution.logs_truncated_bytes} live={run.running} connection={log.connection} fileName={`${execution.id}.log`} maxHeight={320} empty={<p className="text-sm text-ink-3">{run.running ? "Nothing printed yet." : "It printed nothing."}</p>} />
      </Part>
      {execution.finished_at !== null && execution.phases.length > 0 && (
        <Part title="Timing">
          <Waterfall phases={execution.phases} />
        </Part>
      )}
    </div>
  );
}

function Figures({ execution }: { execution: Execution }) {
  return (
    <>
      {/* Nothing when the code could not even be loaded. */}
      {execution.duration_ms > 0 && (
        <span className="text-ink-3">
          Handler <Duration ms={execution.duration_ms} className="font-mono text-ink" />
        </span>
      )}
      {execution.memory_peak_bytes !== null && (
        <span className="text-ink-3">
          Memory <Bytes value={execution.memory_peak_bytes} className="font-mono text-ink" />
        </span>
      )}
      <span className="text-ink-3">
        Version <span className="font-mono text-ink">{execution.version}</span>
      </span>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0 border-b px-4 py-3 last:border-b-0">
      <h3 className="pb-2 text-xs font-medium text-ink-3">{title}</h3>
      {children}
    </div>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <div aria-busy="true" className="flex flex-col gap-3 px-4 py-3">
      <p role="status" className="text-sm text-ink-2">
        {text}
      </p>
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-24 w-full" />
    </div>
  );
}
