"use client";

import { ChartNoAxesColumn, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";

import { stepName } from "./axis";
import { ChartTable } from "./chart-table";
import type { ChartKind } from "./plot-options";
import { Readout } from "./readout";
import { hasValues, type ChartSeries } from "./series";

const Plot = dynamic(() => import("./plot").then((m) => m.Plot), { ssr: false, loading: () => <Skeleton className="h-full" /> });

export interface TimeChartProps {
  title: string;
  kind: ChartKind;
  /** Beginnings of the steps, in milliseconds since the epoch, oldest first. Keep the same array while it holds the same. */
  times: readonly number[];
  stepMs: number;
  /** Keep the same array while it holds the same. Bars stand on one another, the first at the bottom. */
  series: readonly ChartSeries[];
  /** What each series comes to over all steps, shown while nothing is pointed at. */
  summary: readonly string[];
  /** What the summary is of: "24 h". */
  summaryName: string;
  /** A value in words and as the mark of an axis. */
  format: (value: number) => string;
  mark: (value: number) => string;
  steps?: "whole" | "bytes";
  logarithmic?: boolean;
  /** Charts of the same name move their cursors together. */
  sync: string;
  /** Instead of a plot without anything on it. */
  empty: string;
  /** Of the plot, in pixels. */
  height?: number;
}

/** Figures over time: a plot that reads out the step under the pointer, or the same as a table. */
export function TimeChart({ title, times, stepMs, series, summary, summaryName, format, mark, steps, logarithmic, kind, sync, empty, height = 200 }: TimeChartProps) {
  const id = useId();
  const [step, setStep] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const at = step === null ? undefined : times[step];
  const values = step === null || at === undefined ? summary : series.map((s) => valueText(s.values[step], format));
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <h2 id={id} className="text-sm font-medium">
            {title}
          </h2>
          <span className="text-xs whitespace-nowrap text-ink-3">{at === undefined ? summaryName : stepName(at, stepMs)}</span>
        </div>
        <Button
          variant="ghost"
          size="sm"
          className="-mr-2"
          icon={asTable ? <ChartNoAxesColumn aria-hidden className="size-3.5" /> : <Table2 aria-hidden className="size-3.5" />}
          onClick={() => setAsTable(!asTable)}
        >
          <span className="sr-only">{title}: </span>
          {asTable ? "Show as chart" : "Show as table"}
        </Button>
      </div>
      <Readout series={series} values={values} />
      {asTable ? (
        <ChartTable title={title} times={times} stepMs={stepMs} series={series} format={format} height={height} />
      ) : hasValues(series) ? (
        <div style={{ height }}>
          <Plot kind={kind} times={times} stepMs={stepMs} series={series} mark={mark} steps={steps} logarithmic={logarithmic} sync={sync} height={height} onHover={setStep} />
        </div>
      ) : (
        <p className="grid place-items-center border-b text-sm text-ink-3" style={{ height }}>
          {empty}
        </p>
      )}
    </section>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
