import { KeyValue } from "@/components/ui/key-value";
import { Section } from "@/components/ui/section";
import { Bytes, Duration, RelativeTime } from "@/components/ui/time";
import type { ServerStatus } from "@/lib/api/types";

const databases = { sqlite: "SQLite", postgresql: "PostgreSQL" };

export function Runtimes({ runtimes }: Pick<ServerStatus, "runtimes">) {
  return (
    <Section title="Runtimes">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        {runtimes.map(({ id, name, version }) => (
          <div key={id} className="min-w-0">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="truncate font-mono text-sm">
              {version} <span className="text-xs text-ink-3">{id}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

export function ServerFacts({ status }: { status: ServerStatus }) {
  const { version, started_at, uptime_ms, database, host } = status;
  return (
    <div className="grid md:grid-cols-3 md:gap-x-8">
      <Section title="Server" className="md:border-b-0">
        <KeyValue
          items={[
            { label: "Version", value: <code>{version}</code> },
            { label: "Up for", value: <Duration ms={uptime_ms} /> },
            { label: "Started", value: <RelativeTime time={started_at} /> },
          ]}
        />
      </Section>
      <Section title="Database" className="md:border-b-0">
        <KeyValue
          items={[
            { label: "Kind", value: databases[database.kind] },
            { label: "Size", value: <Bytes value={database.size_bytes} /> },
            { label: "Schema", value: <span className="font-mono">{database.schema_version}</span> },
          ]}
        />
      </Section>
      <Section title="Host">
        <KeyValue
          items={[
            { label: "System", value: `${host.os} ${host.kernel}` },
            { label: "Processors", value: `${host.cpus} · ${host.arch}` },
            {
              label: "Memory",
              value: (
                <>
                  <Bytes value={host.memory_available_bytes} /> free of <Bytes value={host.memory_bytes} />
                </>
              ),
            },
            { label: "Disk", value: <><Bytes value={host.disk_free_bytes} /> free</> },
          ]}
        />
      </Section>
    </div>
  );
}
