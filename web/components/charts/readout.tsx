import { cn } from "@/lib/cn";

import { swatches, type ChartSeries } from "./series";

/** The legend, with a value of each series. */
export function Readout({ series, values }: { series: readonly ChartSeries[]; values: readonly string[] }) {
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-3">
      {series.map(({ label, color, dash }, i) => (
        <div key={label} className="flex items-center gap-1.5">
          <Swatch className={swatches[color]} dashed={dash !== undefined} />
          <dt>{label}</dt>
          <dd className="min-w-8 font-mono text-ink">{values[i]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Swatch({ className, dashed }: { className: string; dashed: boolean }) {
  const dashes = "h-0.5 [mask:repeating-linear-gradient(90deg,#000_0_3px,transparent_3px_5px)]";
  return <span aria-hidden className={cn("inline-block w-3", dashed ? dashes : "h-2 rounded-xs", className)} />;
}
