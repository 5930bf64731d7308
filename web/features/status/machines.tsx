import { Section } from "@/components/ui/section";
import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table";
import type { ServerStatus } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/format";

type Pool = ServerStatus["pool"];

const states = [
  { key: "busy", label: "Busy", about: "running a handler", fill: "bg-accent" },
  { key: "warm", label: "Warm", about: "loaded with a function, waiting for its next call", fill: "bg-chart-3" },
  { key: "idle", label: "Idle", about: "booted, used by nobody so far", fill: "bg-chart-1" },
  { key: "booting", label: "Booting", about: "on the way", fill: "bg-chart-2" },
] as const satisfies { key: keyof Pool; label: string; about: string; fill: string }[];

/** The machines of this node by state, and the executions that wait for one. */
export function Machines({ pool, queue, runtimes }: Pick<ServerStatus, "pool" | "queue" | "runtimes">) {
  return (
    <Section title="Machines and queue">
      <MachineBar pool={pool} />
      <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4 lg:grid-cols-7">
        {states.map(({ key, label, about, fill }) => (
          <Figure key={key} label={label} about={about} value={formatCount(pool[key])} mark={fill} />
        ))}
        <Figure label="All machines" about="the most this node may have" value={formatCount(pool.machines)} of={formatCount(pool.max_machines)} />
        <Figure label="Running" about="executions on this node, of the most at once" value={formatCount(queue.running)} of={formatCount(queue.max_running)} />
        <Figure label="In the queue" about="executions of all users that wait" value={queue.pending === null ? "unknown" : formatCount(queue.pending)} />
      </dl>
      <Shelves shelves={pool.shelves} runtimes={runtimes} />
    </Section>
  );
}

/** Decoration: the figures below say the same. */
function MachineBar({ pool }: { pool: Pool }) {
  const whole = Math.max(pool.max_machines, pool.machines, 1);
  return (
    <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-sm bg-selected">
      {states.map(({ key, fill }) => pool[key] > 0 && <div key={key} className={fill} style={{ width: `${(pool[key] / whole) * 100}%` }} />)}
    </div>
  );
}

function Figure({ label, about, value, of, mark }: { label: string; about: string; value: string; of?: string; mark?: string }) {
  return (
    <div title={about}>
      <dt className="flex items-center gap-1.5 text-xs text-ink-3">
        {mark && <span aria-hidden className={cn("size-2 rounded-xs", mark)} />}
        {label}
      </dt>
      <dd className="font-mono text-lg">
        {value}
        {of !== undefined && <span className="text-sm text-ink-3"> / {of}</span>}
      </dd>
    </div>
  );
}

function Shelves({ shelves, runtimes }: { shelves: Pool["shelves"]; runtimes: ServerStatus["runtimes"] }) {
  if (shelves.length === 0) return <p className="mt-4 text-sm text-ink-3">No machine is kept ready yet. The first execution of a function decides of which runtime and size.</p>;
  return (
    <div className="mt-5">
      <Table aria-label="Machines kept ready, by runtime and size">
        <THead>
          <tr>
            <Th className="pl-0">Kept ready</Th>
            <Th numeric>Memory</Th>
            <Th numeric className="hidden sm:table-cell">
              CPUs
            </Th>
            <Th numeric>Idle</Th>
            <Th numeric>Target</Th>
            <Th numeric className="hidden sm:table-cell">
              Booting
            </Th>
            <Th numeric className="pr-0">
              Waiting
            </Th>
          </tr>
        </THead>
        <TBody>
          {shelves.map((shelf) => (
            <Tr key={`${shelf.runtime} ${shelf.memory_mb} ${shelf.cpus}`}>
              <Td className="pl-0 whitespace-nowrap">{runtimes.find((runtime) => runtime.id === shelf.runtime)?.name ?? shelf.runtime}</Td>
              <Td numeric>{shelf.memory_mb} MB</Td>
              <Td numeric className="hidden sm:table-cell">
                {Number(shelf.cpus.toPrecision(2))}
              </Td>
              <Td numeric>{formatCount(shelf.idle)}</Td>
              <Td numeric>{formatCount(shelf.target)}</Td>
              <Td numeric className="hidden sm:table-cell">
                {formatCount(shelf.booting)}
              </Td>
              <Td numeric className={cn("pr-0", shelf.waiting > 0 && "text-warning")}>
                {formatCount(shelf.waiting)}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </div>
  );
}
