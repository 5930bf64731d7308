"use client";

import { useSearchParams } from "next/navigation";

import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { ApiError } from "@/lib/api/problem";
import type { Execution } from "@/lib/api/types";
import { useExecutionStream } from "@/lib/data/execution-stream";
import { useExecution } from "@/lib/data/executions";
import { jsonLines } from "@/lib/diff/json";
import { stripAnsi } from "@/lib/logs/ansi";
import { isLive } from "@/lib/status";

import { ChooseTwo } from "./choose-two";
import { Difference } from "./difference";
import { Facts } from "./facts";
import { Outcomes } from "./outcomes";
import { Waterfalls } from "./waterfalls";

export function ComparePage() {
  const params = useSearchParams();
  const [a, b] = [params.get("a") ?? "", params.get("b") ?? ""];
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader title="Compare executions" />
      {a === "" || b === "" ? <ChooseTwo a={a} b={b} /> : <Compared key={`${a} ${b}`} a={a} b={b} />}
    </div>
  );
}

/** An execution that is kept up to date while it runs. */
function useFollowed(id: string) {
  const { execution, error, refresh } = useExecution(id);
  useExecutionStream(execution && isLive(execution.status) ? id : null);
  return { execution, error, refresh };
}

function Compared({ a, b }: { a: string; b: string }) {
  const [left, right] = [useFollowed(a), useFollowed(b)];
  const refresh = () => {
    void left.refresh();
    void right.refresh();
  };
  for (const [id, side] of [[a, left] as const, [b, right] as const]) {
    if (side.error instanceof ApiError && side.error.status === 404) return <ChooseTwo a={a} b={b} missing={id} />;
    if (side.error !== undefined && !side.execution) return <ErrorState error={side.error} title={`${id} could not be loaded`} onRetry={refresh} />;
  }
  if (!left.execution || !right.execution) {
    return (
      <div className="grid gap-6 py-6 sm:grid-cols-2" role="status" aria-busy="true" aria-label="Loading both executions">
        <Skeleton className="h-60" />
        <Skeleton className="h-60" />
      </div>
    );
  }
  return <Both a={left.execution} b={right.execution} />;
}

function Both({ a, b }: { a: Execution; b: Execution }) {
  return (
    <>
      <div className="border-b">
        <Facts a={a} b={b} />
      </div>
      <Section title="Timing" description="Both on one axis.">
        <Waterfalls a={a} b={b} />
      </Section>
      <Section title="Result">{a.status === "success" && b.status === "success" ? <Difference label="Output" a={jsonLines(a.output)} b={jsonLines(b.output)} /> : <Outcomes a={a} b={b} />}</Section>
      <Section title="Logs">
        <Difference label="Log" a={logLines(a)} b={logLines(b)} />
      </Section>
      <Section title="Input">
        <Difference label="Input" a={jsonLines(a.input)} b={jsonLines(b.input)} />
      </Section>
    </>
  );
}

function logLines({ logs }: Execution): string[] {
  return logs === "" ? [] : stripAnsi(logs).replace(/\n$/, "").split("\n");
}
