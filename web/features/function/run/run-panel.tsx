"use client";

import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import type { FunctionDetail } from "@/lib/api/types";

import { CallIt } from "./call-it";
import { EventSection } from "./event-section";
import { RecentRuns } from "./recent-runs";
import { RunButton } from "./run-button";
import { RunResult } from "./run-result";
import type { TestEventEditing } from "./use-event";
import type { Run, RunMode } from "./use-run";

const modes = [
  { value: "live", label: "Live" },
  { value: "wait", label: "Wait" },
] as const;

const meanings: Record<RunMode, string> = {
  live: "Started asynchronously: the log is shown while it runs.",
  wait: "One request that is answered at the end, as most callers do it.",
};

export interface RunPanelProps {
  fn: FunctionDetail;
  event: TestEventEditing;
  run: Run;
  mode: RunMode;
  onMode: (mode: RunMode) => void;
  onRun: () => void;
  onFrame: (file: string, line: number, message: string) => void;
}

/** Runs the function with an event and shows what came of it. */
export function RunPanel({ fn, event, run, mode, onMode, onRun, onFrame }: RunPanelProps) {
  return (
    <>
      <EventSection functionId={fn.id} event={event} />
      <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2">
        {/* Where the panel is beside the code, the header with its Run is in sight. */}
        <RunButton run={run} onRun={onRun} className="lg:hidden" />
        <Segmented aria-label="How to run" value={mode} onValueChange={onMode} options={modes} />
        <CallIt fn={fn} event={event} mode={mode} />
        <p className="basis-full text-xs text-ink-3">{meanings[mode]}</p>
      </div>
      <RecentRuns run={run} />
      {run.error !== null && run.error !== undefined && !run.execution ? (
        <ErrorState error={run.error} title="The function was not run" onRetry={onRun} />
      ) : (
        <RunResult run={run} onFrame={onFrame} />
      )}
    </>
  );
}
