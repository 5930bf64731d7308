import { Link } from "@/components/ui/link";
import type { ReactNode } from "react";

import { StartBadge } from "@/components/execution/start-badge";
import { StatusBadge } from "@/components/ui/badge";
import { RelativeTime } from "@/components/ui/time";
import type { Execution } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatBytes, formatDuration } from "@/lib/format";
import { triggerLabel } from "@/lib/trigger";

interface Row {
  label: string;
  show: (e: Execution) => ReactNode;
  /** What is compared, where a smaller number is better. */
  measure?: (e: Execution) => number | null;
}

const rows: Row[] = [
  { label: "Status", show: (e) => <StatusBadge status={e.status} /> },
  { label: "Function", show: (e) => <span title={e.function_name}>{e.function_name}</span> },
  { label: "Version", show: (e) => `v${e.version}` },
  { label: "Handler", show: (e) => (e.finished_at === null ? "–" : formatDuration(e.duration_ms)), measure: (e) => (e.finished_at === null ? null : e.duration_ms) },
  { label: "In all", show: (e) => (e.finished_at === null ? "–" : formatDuration(total(e))), measure: (e) => (e.finished_at === null ? null : total(e)) },
  { label: "Memory peak", show: (e) => (e.memory_peak_bytes === null ? "–" : formatBytes(e.memory_peak_bytes)), measure: (e) => e.memory_peak_bytes },
  { label: "Start", show: (e) => (e.start === null ? "–" : <StartBadge start={e.start} />) },
  { label: "Trigger", show: (e) => triggerLabel(e.trigger) },
  { label: "Created", show: (e) => <RelativeTime time={e.created_at} /> },
];

function total({ phases }: Execution): number {
  return phases.reduce((sum, phase) => sum + phase.ms, 0);
}

export function Facts({ a, b }: { a: Execution; b: Execution }) {
  return (
    <table className="w-full table-fixed text-sm sm:w-auto sm:min-w-[40rem]">
      <caption className="sr-only">What is known of both executions</caption>
      <thead>
        <tr className="text-left align-bottom">
          <th scope="col" className="w-24 pt-4 pb-2 text-xs font-normal text-ink-3 sm:w-36">
            <span className="sr-only">Fact</span>
          </th>
          <Heading letter="A" execution={a} />
          <Heading letter="B" execution={b} />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, show, measure }) => (
          <tr key={label}>
            <th scope="row" className="h-8 pr-2 text-left font-normal text-ink-3">
              {label}
            </th>
            <td className="truncate pr-3">{show(a)}</td>
            <td className="truncate pr-3">
              {show(b)}
              {measure && <Change from={measure(a)} to={measure(b)} />}
            </td>
          </tr>
        ))}
        <tr aria-hidden>
          <td className="h-4" />
        </tr>
      </tbody>
    </table>
  );
}

function Heading({ letter, execution: { id } }: { letter: string; execution: Execution }) {
  return (
    <th scope="col" className="pt-4 pr-3 pb-2 font-normal">
      <span className="block text-xs text-ink-3">{letter}</span>
      <Link href={`/executions/${id}`} prefetch={false} title={id} className="block truncate font-mono text-xs underline decoration-hairline-strong underline-offset-2 hover:decoration-current">
        {id}
      </Link>
    </th>
  );
}

/** By how much B is more or less than A. */
function Change({ from, to }: { from: number | null; to: number | null }) {
  if (from === null || to === null || from === 0) return null;
  const share = (to - from) / from;
  if (Math.abs(share) < 0.001) return null;
  const text = Math.abs(share) >= 10 ? `×${(to / from).toFixed(0)}` : `${share > 0 ? "+" : "−"}${(Math.abs(share) * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`;
  return <span className={cn("ml-2 text-xs max-sm:block max-sm:ml-0", Math.abs(share) < 0.05 ? "text-ink-3" : share > 0 ? "text-failure" : "text-success")}>{text}</span>;
}
