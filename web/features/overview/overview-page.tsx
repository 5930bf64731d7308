"use client";

import { FunctionFilter } from "@/components/execution/function-filter";
import { Banner } from "@/components/ui/banner";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Segmented } from "@/components/ui/segmented";
import { messageOf } from "@/lib/api/problem";
import { cn } from "@/lib/cn";
import { useFunction } from "@/lib/data/functions";
import { statsRangeOf, statsRanges, useFunctionStats, useStats } from "@/lib/data/stats";
import { useAddress } from "@/lib/use-address";

import { FunctionRanking } from "./function-ranking";
import { Machines } from "./machines";
import { Onboarding } from "./onboarding";
import { RecentFailures } from "./recent-failures";
import { StatsCharts } from "./stats-charts";
import { StatsFigures } from "./stats-figures";
import { useProgress } from "./use-progress";

const ranges = statsRanges.map((value) => ({ value, label: value }));

/** How everything is doing: figures of a range, what failed last, and the machines of this server. */
export function OverviewPage() {
  const { params, change } = useAddress();
  const range = statsRangeOf(params.get("range"));
  const chosen = params.get("function_id");
  const { fn } = useFunction(chosen);
  const functionId = fn?.id ?? chosen; // a name in the address does as well
  const { stats, error, refresh } = useStats(range, functionId);
  const { functionStats, error: rankingError } = useFunctionStats(range);
  const progress = useProgress(functionStats);
  const failures = stats === undefined ? undefined : stats.totals.failed + stats.totals.timeout;
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader
        title="Overview"
        actions={
          progress?.run !== false && (
            <>
              <FunctionFilter functionId={chosen} onFunctionChange={(id) => change({ function_id: id })} />
              <Segmented aria-label="Range" value={range} options={ranges} onValueChange={(value) => change({ range: value === "24h" ? null : value })} />
            </>
          )
        }
      />
      {progress && <Onboarding progress={progress} />}
      {error !== undefined && !stats && <ErrorState error={error} title="The figures could not be loaded" onRetry={() => void refresh()} />}
      {error !== undefined && stats && (
        <Banner tone="warning" title="The figures are not up to date" className="mt-4">
          {messageOf(error)}
        </Banner>
      )}
      {progress?.run !== false && (stats || error === undefined) && (
        <>
          <StatsFigures stats={stats} className={progress ? "border-t" : undefined} />
          <StatsCharts stats={stats} />
          <div className={cn("grid grid-cols-1 border-t", functionId === null && "lg:grid-cols-2 lg:divide-x")}>
            {functionId === null && <FunctionRanking stats={functionStats} error={rankingError} range={range} className="border-b lg:border-b-0 lg:pr-6" />}
            <RecentFailures key={functionId} functionId={functionId} changes={failures} className={functionId === null ? "lg:pl-6" : undefined} />
          </div>
        </>
      )}
      <Machines />
    </div>
  );
}
