import { Link } from "@/components/ui/link";
import { memo } from "react";

import { Elapsed } from "@/components/execution/elapsed";
import { StartBadge } from "@/components/execution/start-badge";
import { StatusBadge } from "@/components/ui/badge";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Duration, RelativeTime } from "@/components/ui/time";
import type { ExecutionSummary } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { isLive } from "@/lib/status";
import { triggerLabel } from "@/lib/trigger";

const head = "h-8 border-b px-3 text-xs font-medium whitespace-nowrap text-ink-3";
const cell = "h-10 truncate border-b px-3";

/** Which columns there is room for. The first says on a phone what three others say elsewhere. */
const from = { sm: "hidden sm:table-cell", lg: "hidden lg:table-cell", xl: "hidden xl:table-cell" };

export function ExecutionColumns() {
  return (
    <tr>
      <th scope="col" className={cn(head, "w-28 pl-0")}>
        Status
      </th>
      <th scope="col" className={head}>
        Function
      </th>
      <th scope="col" className={cn(head, from.lg, "w-36")}>
        Execution
      </th>
      <th scope="col" className={cn(head, from.xl, "w-20")}>
        Version
      </th>
      <th scope="col" className={cn(head, from.xl, "w-28")}>
        Trigger
      </th>
      <th scope="col" className={cn(head, from.xl, "w-28")}>
        Start
      </th>
      <th scope="col" className={cn(head, "w-28 text-right")}>
        Duration
      </th>
      <th scope="col" className={cn(head, "w-32 pr-0 text-right")}>
        Created
      </th>
    </tr>
  );
}

export const ExecutionCells = memo(function ExecutionCells({ execution, index }: { execution: ExecutionSummary; index: number }) {
  const { id, status, function_name, version, trigger, start, created_at } = execution;
  return (
    <>
      <td className={cn(cell, from.sm, "pl-0")}>
        <StatusBadge status={status} />
      </td>
      <td className={cn(cell, "pl-0 max-sm:h-14 sm:pl-3")}>
        {/* The link fills the row: one target, one stop of the keyboard. */}
        <Link
          href={`/executions/${id}`}
          prefetch={false}
          data-row={index}
          title={function_name}
          className="block truncate rounded-xs font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus sm:font-normal"
        >
          {function_name}
          {execution.error && <span className="ml-2 hidden text-ink-3 lg:inline">{execution.error.type}</span>}
        </Link>
        <span className="flex items-center gap-1.5 text-xs text-ink-3 sm:hidden">
          <StatusBadge status={status} />
          <code>{shortId(id)}</code>
        </span>
      </td>
      <td className={cn(cell, from.lg, "font-mono text-xs text-ink-2")} title={id}>
        {shortId(id)}
      </td>
      <td className={cn(cell, from.xl, "text-ink-2")}>v{version}</td>
      <td className={cn(cell, from.xl, "text-ink-2")}>{triggerLabel(trigger)}</td>
      <td className={cn(cell, from.xl)}>
        <StartBadge start={start} />
      </td>
      <td className={cn(cell, from.sm, "text-right font-mono text-xs")}>
        <Time execution={execution} />
      </td>
      <td className={cn(cell, "w-28 pr-0 text-right text-ink-2 max-sm:text-xs")}>
        <RelativeTime time={created_at} />
        <span className="block font-mono text-ink-3 sm:hidden">
          <Time execution={execution} />
        </span>
      </td>
    </>
  );
});

function Time({ execution: { status, started_at, duration_ms } }: { execution: ExecutionSummary }) {
  if (!isLive(status)) return <Duration ms={duration_ms} />;
  return started_at === null ? "–" : <Elapsed since={started_at} />;
}

/** What tells executions of the same moment apart is at the end. */
function shortId(id: string): string {
  return `exe_…${id.slice(-8)}`;
}

export function RowsSkeleton() {
  return (
    <table aria-label="Executions" aria-busy className="w-full text-sm">
      <tbody>
        <SkeletonRows rows={12} columns={4} />
      </tbody>
    </table>
  );
}
