"use client";

import { Link } from "@/components/ui/link";

import { ErrorNote } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { ServerStatus } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { useServerStatus } from "@/lib/data/status";
import { formatCount } from "@/lib/format";

/** The machines of this server by what they do, on one bar as long as the most there may be, and what waits for them. */
export function Machines() {
  const { status, error } = useServerStatus();
  return (
    <section aria-labelledby="machines" className="border-t py-5">
      <div className="flex h-7 items-center justify-between gap-2">
        <h2 id="machines" className="text-sm font-medium">
          Machines of this server
        </h2>
        <Link href="/status" className="rounded-sm text-sm text-ink-3 hover:text-ink hover:underline">
          Status
        </Link>
      </div>
      {error !== undefined && !status && <ErrorNote error={error} />}
      {!status && error === undefined && <Skeleton className="mt-3 h-10" aria-label="Loading" />}
      {status && <Pool pool={status.pool} queue={status.queue} />}
    </section>
  );
}

function Pool({ pool, queue }: Pick<ServerStatus, "pool" | "queue">) {
  const states = [
    { label: "Busy", count: pool.busy, fill: "bg-accent" },
    { label: "Warm", count: pool.warm, fill: "bg-chart-3" },
    { label: "Ready, unused", count: pool.idle, fill: "bg-chart-2" },
    { label: "Booting", count: pool.booting, fill: "bg-chart-2 opacity-50" },
  ];
  return (
    <>
      <div aria-hidden="true" className="mt-3 flex h-2 gap-px overflow-hidden rounded-full bg-selected">
        {states.map(({ label, count, fill }) => count > 0 && <span key={label} className={fill} style={{ width: `${(count / Math.max(pool.max_machines, pool.machines)) * 100}%` }} />)}
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 pt-3 text-sm">
        {states.map(({ label, count, fill }) => (
          <Fact key={label} label={label} value={formatCount(count)} swatch={fill} />
        ))}
        <Fact label="Most at a time" value={formatCount(pool.max_machines)} />
        <Fact label="Running" value={`${formatCount(queue.running)} of ${formatCount(queue.max_running)}`} />
        <Fact label="In the queue" value={queue.pending === null ? "–" : formatCount(queue.pending)} />
      </dl>
    </>
  );
}

function Fact({ label, value, swatch }: { label: string; value: string; swatch?: string }) {
  return (
    <div className="flex items-center gap-2">
      {swatch && <span aria-hidden className={cn("size-2 rounded-xs", swatch)} />}
      <dt className="text-ink-3">{label}</dt>
      <dd className="font-mono">{value}</dd>
    </div>
  );
}
