"use client";

import { useMemo } from "react";

import { durationMark } from "@/components/charts/axis";
import { TimeChart } from "@/components/charts/time-chart";
import type { ChartColor, ChartSeries } from "@/components/charts/series";
import { Skeleton } from "@/components/ui/skeleton";
import type { Stats, StatsPoint } from "@/lib/api/types";
import { formatBytes, formatCompact, formatCount, formatDuration } from "@/lib/format";

interface Line {
  label: string;
  color: ChartColor;
  dash?: number[];
  of: (point: StatsPoint | Stats["totals"]) => number | null;
}

// What went wrong stands at the bottom, where its height can be compared from step to step.
const outcomes: Line[] = [
  { label: "Failed", color: "failure", of: (p) => p.failed },
  { label: "Timed out", color: "warning", of: (p) => p.timeout },
  { label: "Canceled", color: "chart-3", of: (p) => p.canceled },
  { label: "Success", color: "chart-2", of: (p) => p.success },
];

const starts: Line[] = [{ label: "Cold starts", color: "chart-2", of: (p) => p.cold }];

const memory: Line[] = [{ label: "Largest", color: "chart-3", of: (p) => p.memory_peak_bytes }];

const percentiles: Line[] = [
  { label: "p50", color: "chart-3", of: (p) => p.p50_ms },
  { label: "p95", color: "chart-1", dash: [5, 3], of: (p) => p.p95_ms },
  { label: "p99", color: "chart-2", dash: [2, 3], of: (p) => p.p99_ms },
];

export function StatsCharts({ stats }: { stats: Stats | undefined }) {
  const times = useMemo(() => stats?.points.map((p) => Date.parse(p.time)) ?? [], [stats]);
  const ended = useMemo(() => seriesOf(outcomes, stats), [stats]);
  const cold = useMemo(() => seriesOf(starts, stats), [stats]);
  const peak = useMemo(() => seriesOf(memory, stats), [stats]);
  const latency = useMemo(() => seriesOf(percentiles, stats), [stats]);
  if (!stats) return <Loading />;
  const common = { times, stepMs: stats.step_ms, sync: "overview", empty: "Nothing ran in this range.", summaryName: `All ${stats.range}` };
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-6 py-5 lg:grid-cols-2">
      <TimeChart {...common} title="Executions by outcome" kind="stacked-bars" series={ended} summary={summaryOf(outcomes, stats, formatCount)} format={formatCount} mark={formatCompact} steps="whole" />
      <TimeChart {...common} title="Handler time, logarithmic" logarithmic kind="lines" series={latency} summary={summaryOf(percentiles, stats, formatDuration)} format={formatDuration} mark={durationMark} />
      <TimeChart {...common} title="Starts on fresh machines" kind="stacked-bars" series={cold} summary={summaryOf(starts, stats, formatCount)} format={formatCount} mark={formatCompact} steps="whole" height={128} />
      <TimeChart {...common} title="Peak memory" kind="lines" series={peak} summary={summaryOf(memory, stats, formatBytes)} format={formatBytes} mark={formatBytes} steps="bytes" height={128} />
    </div>
  );
}

function seriesOf(lines: Line[], stats: Stats | undefined): ChartSeries[] {
  return lines.map(({ label, color, dash, of }) => ({ label, color, ...(dash && { dash }), values: stats?.points.map(of) ?? [] }));
}

function summaryOf(lines: Line[], stats: Stats, format: (value: number) => string): string[] {
  return lines.map(({ of }) => {
    const value = of(stats.totals);
    return value === null ? "–" : format(value);
  });
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-6 py-5 lg:grid-cols-2" role="status" aria-busy="true" aria-label="Loading the charts">
      {["h-64", "h-64", "h-46", "h-46"].map((height, i) => (
        <Skeleton key={i} className={height} />
      ))}
    </div>
  );
}
