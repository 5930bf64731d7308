"use client";

import { Banner } from "@/components/ui/banner";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Segmented } from "@/components/ui/segmented";
import { messageOf } from "@/lib/api/problem";
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
  const { stats, error, refresh } = useStats(range);
  const { functionStats } = useFunctionStats(range);
  const progress = useProgress(functionStats);
  const failures = stats === undefined ? undefined : stats.totals.failed + stats.totals.timeout;
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader
        title="Overview"
        actions={progress?.run !== false && <Segmented aria-label="Range" value={range} options={ranges} onValueChange={(value) => change({ range: value === "24h" ? null : value })} />}
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
          <StatsFigures stats={stats} />
          <StatsCharts stats={stats} />
          <div className="grid grid-cols-1 border-t lg:grid-cols-2 lg:divide-x">
            <FunctionRanking stats={functionStats} range={range} className="lg:pr-6" />
            <RecentFailures changes={failures} className="border-t lg:border-t-0 lg:pl-6" />
          </div>
        </>
      )}
      <Machines />
    </div>
  );
}
