/** Tokens that a series may be drawn in. */
export type ChartColor = "chart-1" | "chart-2" | "chart-3" | "success" | "failure" | "warning" | "idle";

/** One figure over time. */
export interface ChartSeries {
  label: string;
  /** One for every step; null where there is none. */
  values: readonly (number | null)[];
  color: ChartColor;
  /** Lengths of dashes and gaps in pixels, so that lines differ by more than their colour. */
  dash?: number[];
}

/** Written out because Tailwind finds classes by reading the source. */
export const swatches: Record<ChartColor, string> = {
  "chart-1": "bg-chart-1",
  "chart-2": "bg-chart-2",
  "chart-3": "bg-chart-3",
  success: "bg-success",
  failure: "bg-failure",
  warning: "bg-warning",
  idle: "bg-idle",
};

/**
 * The tops of bars that stand on one another, the first series at the bottom. Null counts as nothing.
 * The last of the result is what all add up to.
 */
export function stacked(series: readonly ChartSeries[], steps: number): number[][] {
  const sums = new Array<number>(steps).fill(0);
  return series.map(({ values }) => {
    for (let i = 0; i < steps; i++) sums[i] = (sums[i] ?? 0) + (values[i] ?? 0);
    return [...sums];
  });
}

/** Where a line has a value and no neighbour to draw a line to: only a dot makes it seen. */
export function isolated(values: readonly (number | null | undefined)[]): number[] {
  const missing = (i: number) => values[i] === null || values[i] === undefined;
  return values.flatMap((_, i) => (!missing(i) && missing(i - 1) && missing(i + 1) ? [i] : []));
}

/** Whether there is anything to draw. */
export function hasValues(series: readonly ChartSeries[]): boolean {
  return series.some(({ values }) => values.some((value) => value !== null && value !== 0));
}
