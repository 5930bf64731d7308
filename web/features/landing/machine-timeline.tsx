import { cn } from "@/lib/cn";

/** One machine: when it begins to boot, and when the call that it serves comes and how long that takes; in columns. */
interface Life {
  boot: number;
  call?: number;
  length?: number;
}

const bootLength = 5;
const columns = 100;
const rowHeight = 22;

const lives: Life[] = [
  { boot: -12, call: 6, length: 9 },
  { boot: -8, call: 13, length: 4 },
  { boot: 4, call: 17, length: 15 },
  { boot: 9, call: 31, length: 3 },
  { boot: 15, call: 33, length: 11 },
  { boot: 20, call: 46, length: 6 },
  { boot: 34, call: 49, length: 19 },
  { boot: 36, call: 61, length: 4 },
  { boot: 49, call: 70, length: 7 },
  { boot: 52, call: 75, length: 13 },
  { boot: 64, call: 84, length: 3 },
  { boot: 73, call: 92, length: 20 },
  { boot: 79 },
  { boot: 88 },
];

const legend = [
  { label: "boots ahead", mark: "h-2 w-4 bg-chart-2" },
  { label: "waits, unused", mark: "h-px w-4 bg-ink-3" },
  { label: "runs your call", mark: "h-2.5 w-4 bg-accent outline outline-accent-text" },
  { label: "gone", mark: "h-2.5 w-0.5 bg-ink-3" },
];

/** How machines come and go: a drawing, not a measurement. */
export function MachineTimeline() {
  const height = lives.length * rowHeight;
  return (
    <figure className="flex flex-col justify-center gap-4 border-t bg-sunken px-4 py-8 md:px-8 lg:border-t-0 lg:border-l">
      <svg
        role="img"
        aria-label="Fourteen machines along a line of time. Each boots, waits unused, runs one call and is gone; the last two are waiting for the next calls."
        viewBox={`0 0 ${columns * 5} ${height}`}
        className="w-full"
        overflow="hidden"
      >
        {Array.from({ length: 11 }, (_, i) => (
          <line key={i} x1={i * 50} x2={i * 50} y1="0" y2={height} className="stroke-hairline" strokeWidth="1" vectorEffect="non-scaling-stroke" />
        ))}
        {lives.map((life, i) => (
          <MachineRow key={i} life={life} y={i * rowHeight + rowHeight / 2} />
        ))}
      </svg>
      <figcaption className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-3">
        {legend.map(({ label, mark }) => (
          <span key={label} className="inline-flex items-center gap-2">
            <span aria-hidden="true" className={cn("inline-block", mark)} />
            {label}
          </span>
        ))}
        <span className="ml-auto">time →</span>
      </figcaption>
    </figure>
  );
}

function MachineRow({ life: { boot, call = columns, length = 0 }, y }: { life: Life; y: number }) {
  const x = (column: number) => column * 5;
  const end = call + length;
  return (
    <g>
      <rect x={x(boot)} y={y - 4} width={x(bootLength)} height="8" className="fill-chart-2" />
      <line x1={x(boot + bootLength)} x2={x(call)} y1={y} y2={y} className="stroke-ink-3" strokeWidth="1" vectorEffect="non-scaling-stroke" />
      {length > 0 && <rect x={x(call)} y={y - 6} width={x(length)} height="12" className="fill-accent stroke-accent-text" strokeWidth="1" vectorEffect="non-scaling-stroke" />}
      {length > 0 && <line x1={x(end) + 4} x2={x(end) + 4} y1={y - 6} y2={y + 6} className="stroke-ink-3" strokeWidth="2" vectorEffect="non-scaling-stroke" />}
    </g>
  );
}
