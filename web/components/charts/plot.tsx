"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { plotData, plotOptions, type PlotShape } from "./plot-options";
import { useThemeClass } from "./use-theme-class";

export interface PlotProps extends PlotShape {
  /** Beginnings of the steps, in milliseconds since the epoch, oldest first. */
  times: readonly number[];
  stepMs: number;
  height: number;
}

/** uPlot on a canvas, in the colours of the theme and as wide as its place. Loaded on demand: use TimeChart. */
export function Plot({ times, stepMs, height, ...shape }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const theme = useThemeClass();
  const hover = useEffectEvent(shape.onHover);
  const data = useEffectEvent(() => plotData(shape.kind, times, stepMs, shape.series));
  const make = useEffectEvent((element: HTMLElement) => new uPlot(plotOptions(element, height, { ...shape, onHover: (step) => hover(step) }), data(), element));
  // Whatever else changes is data, which a plot takes without being made anew.
  const look = [theme, shape.kind, ...shape.series.map(({ label, color }) => label + color)].join();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = make(element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [look, height]);
  useEffect(() => plot.current?.setData(data()), [times, stepMs, shape.series]);
  return <div ref={place} aria-hidden="true" style={{ height }} className="min-w-0 overflow-hidden font-mono [&_.u-cursor-x]:border-ink-3!" />;
}
