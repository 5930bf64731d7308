import uPlot from "uplot";

import { timeMark } from "./axis";
import { isolated, stacked, type ChartSeries } from "./series";

export type ChartKind = "stacked-bars" | "lines";

export interface PlotShape {
  kind: ChartKind;
  series: readonly ChartSeries[];
  /** Marks of the value axis. */
  mark: (value: number) => string;
  /** What marks are multiples of: whole numbers, powers of two; anything when left out. */
  steps?: "whole" | "bytes";
  /** Whether equal distances mean equal ratios, for what spans from microseconds to minutes. */
  logarithmic?: boolean;
  /** Plots of the same name move their cursors together. */
  sync: string;
  onHover: (step: number | null) => void;
}

/** Values stand in the middle of their steps, so that the nearest one is the one under the pointer. Bars are listed from the top of the stack, to be painted over. */
export function plotData(kind: ChartKind, times: readonly number[], stepMs: number, series: readonly ChartSeries[]): uPlot.AlignedData {
  const middles = times.map((time) => (time + stepMs / 2) / 1000);
  if (kind === "stacked-bars") return [middles, ...stacked(series, times.length).reverse()];
  return [middles, ...series.map(({ values }) => [...values])];
}

export function plotOptions(element: HTMLElement, height: number, shape: PlotShape): uPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${style.fontFamily}`;
  const axis: uPlot.Axis = { stroke: token("ink-3"), font, grid: { stroke: token("hairline"), width: 1 }, ticks: { show: false }, gap: 6 };
  const drawn = shape.kind === "lines" ? shape.series : [...shape.series].reverse();
  return {
    width: element.clientWidth,
    height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: shape.kind === "lines" }, drag: { x: false, y: false }, sync: { key: shape.sync } },
    scales: { x: { time: true, range: wholeSteps }, y: shape.logarithmic ? decades : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 64, values: (_, splits, __, ___, step) => splits.map((s) => timeMark(s, step)) },
      {
        ...axis,
        size: (u, marks) => widest(u, marks, font),
        space: 36,
        ...(shape.steps && { incrs: increments[shape.steps] }),
        // uPlot would leave out every other mark of a logarithmic axis; these are few enough to stand all.
        ...(shape.logarithmic && { splits: (u) => powersOfTen(u.scales.y?.min ?? 1, u.scales.y?.max ?? 1), filter: (_, splits) => splits }),
        values: (_, splits) => splits.map((value) => shape.mark(value)),
      },
    ],
    series: [{}, ...drawn.map((series) => (shape.kind === "lines" ? line(series, token) : bars(series, token)))],
    hooks: { setCursor: [(u) => shape.onHover(u.cursor.idx ?? null)] },
  };
}

/** From one power of ten to another. Nothing at all has no place on it; a nanosecond is as good as that. */
const decades: uPlot.Scale = { distr: 3, log: 10, range: (_, min, max) => uPlot.rangeLog(Math.max(min, 1e-6), Math.max(max, 1e-6), 10, true) };

function powersOfTen(min: number, max: number): number[] {
  const first = Math.round(Math.log10(min));
  return Array.from({ length: Math.round(Math.log10(max)) - first + 1 }, (_, i) => 10 ** (first + i));
}

const increments = {
  whole: Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat(),
  bytes: Array.from({ length: 45 }, (_, power) => 2 ** power),
};

/** From the beginning of the first step to the end of the last. */
function wholeSteps(u: uPlot): uPlot.Range.MinMax {
  const [first = 0, second = first + 60] = u.data[0];
  const half = (second - first) / 2;
  return [first - half, (u.data[0].at(-1) ?? first) + half];
}

/** As wide as the marks are, in CSS pixels; uPlot asks before it has any. */
function widest(u: uPlot, marks: string[] | null, font: string): number {
  if (!marks) return 40;
  u.ctx.save();
  u.ctx.font = font;
  const width = Math.max(...marks.map((mark) => u.ctx.measureText(mark).width));
  u.ctx.restore();
  return Math.max(32, Math.ceil(width) + 12);
}

function bars({ label, color }: ChartSeries, token: (name: string) => string): uPlot.Series {
  return { label, fill: token(color), width: 0, points: { show: false }, ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.8, 48] }) }) };
}

function line({ label, color, dash }: ChartSeries, token: (name: string) => string): uPlot.Series {
  const stroke = token(color);
  return {
    label,
    stroke,
    width: 1.5,
    ...(dash && { dash }),
    points: { show: true, size: 4, fill: stroke, width: 0, filter: (u, index) => isolated(Array.from(u.data[index] ?? [])) },
  };
}
