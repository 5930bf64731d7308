"use client";

import type { ReactNode } from "react";

import { Elapsed } from "@/components/execution/elapsed";
import { StartBadge } from "@/components/execution/start-badge";
import { Duration } from "@/components/ui/time";
import type { Execution } from "@/lib/api/types";
import { formatBytes } from "@/lib/format";
import { isLive } from "@/lib/status";

import { useParent } from "./use-parent";

/** What one looks for first, in one row. */
export function Figures({ execution }: { execution: Execution }) {
  const { fn } = useParent(execution);
  const { status, started_at, duration_ms, phases, memory_peak_bytes, start, attempt, exit_code } = execution;
  const all = phases.reduce((sum, phase) => sum + phase.ms, 0);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 border-b py-4 sm:grid-cols-3 lg:flex lg:gap-x-12">
      <Figure label="Handler">{isLive(status) ? started_at === null ? "–" : <Elapsed since={started_at} /> : <Duration ms={duration_ms} />}</Figure>
      <Figure label="In all">{isLive(status) || phases.length === 0 ? "–" : <Duration ms={all} />}</Figure>
      <Figure label="Memory peak">
        {memory_peak_bytes === null ? "–" : formatBytes(memory_peak_bytes)}
        {fn && memory_peak_bytes !== null && (
          <span className="text-sm text-ink-3" title="The function's limit as it is now">
            {" "}
            of {fn.memory_mb} MB
          </span>
        )}
      </Figure>
      <Figure label="Start">{start === null ? "–" : <StartBadge start={start} />}</Figure>
      {attempt > 1 && <Figure label="Attempt">{attempt}</Figure>}
      {exit_code !== null && <Figure label="Exit code">{exit_code}</Figure>}
    </dl>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="flex min-h-7 items-center gap-1 text-lg whitespace-nowrap text-ink">{children}</dd>
    </div>
  );
}
