import { Link } from "@/components/ui/link";
import type { ReactNode } from "react";

import { CopyButton } from "@/components/ui/copy-button";
import { KeyValue } from "@/components/ui/key-value";
import type { Execution } from "@/lib/api/types";
import { formatAbsolute } from "@/lib/format";
import { triggerLabel } from "@/lib/trigger";

export function Details({ execution, isDeleted }: { execution: Execution; isDeleted: boolean }) {
  const { id, request_id, function_id, function_name, version, trigger, attempt, created_at, started_at, finished_at, replay_of, exit_code } = execution;
  const items: { label: string; value: ReactNode }[] = [
    { label: "Execution", value: <Id value={id} label="Copy the execution id" /> },
    { label: "Request", value: request_id === null ? "–" : <Id value={request_id} label="Copy the request id" /> },
    {
      label: "Function",
      value: isDeleted ? (
        <span title={function_name}>{function_name} <span className="text-ink-3">(deleted)</span></span>
      ) : (
        <Link href={`/functions/${function_id}`} prefetch={false} className="underline decoration-hairline-strong underline-offset-2 hover:decoration-current">
          {function_name}
        </Link>
      ),
    },
    { label: "Version", value: version },
    { label: "Trigger", value: triggerLabel(trigger) },
    { label: "Attempt", value: attempt },
    { label: "Created", value: <Moment time={created_at} /> },
    { label: "Started", value: <Moment time={started_at} /> },
    { label: "Finished", value: <Moment time={finished_at} /> },
    { label: "Exit code", value: exit_code ?? "–" },
  ];
  if (replay_of !== null) items.push({ label: "Replay of", value: <Link href={`/executions/${replay_of}`} prefetch={false} className="font-mono text-xs break-all underline decoration-hairline-strong underline-offset-2 hover:decoration-current">{replay_of}</Link> });
  return <KeyValue items={items} />;
}

function Moment({ time }: { time: string | null }) {
  return time === null ? "–" : <time dateTime={time}>{formatAbsolute(time)}</time>;
}

function Id({ value, label }: { value: string; label: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <code className="truncate text-xs" title={value}>
        {value}
      </code>
      <CopyButton value={value} label={label} className="-my-1.5" />
    </span>
  );
}
