import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

export interface SparklineProps extends Omit<ComponentProps<"svg">, "points" | "width" | "height"> {
  /** One figure per interval, oldest first. */
  points: readonly number[];
  /** How much of each point failed. */
  failures?: readonly number[];
  /** In pixels. */
  width?: number;
  height?: number;
  /** What it shows, in words: "128 executions in 24 h, 3 failed". */
  label: string;
}

export function Sparkline({ points, failures = [], width = 96, height = 20, label, className, ...props }: SparklineProps) {
  const highest = Math.max(1, ...points);
  const step = width / Math.max(1, points.length);
  // Nothing is a hairline at the bottom, and one of many is still a pixel that can be seen.
  const tall = (n: number) => (n > 0 ? Math.max(1, (n / highest) * height) : 0);
  return (
    <svg {...props} role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className={cn("block shrink-0", className)}>
      <title>{label}</title>
      <rect y={height - 1} width={width} height={1} className="fill-hairline" />
      {points.map((point, i) => {
        const failed = Math.min(failures[i] ?? 0, point);
        const bar = { x: i * step, width: Math.max(1, step - 1) };
        return (
          <g key={i}>
            <rect {...bar} y={height - tall(point)} height={tall(point)} className="fill-chart-2" />
            <rect {...bar} y={height - tall(failed)} height={tall(failed)} className="fill-failure" />
          </g>
        );
      })}
    </svg>
  );
}
