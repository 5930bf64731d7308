"use client";

import { Ban, Columns2, RotateCcw } from "lucide-react";
import { Link } from "@/components/ui/link";
import { useState } from "react";

import { Badge, StatusBadge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/time";
import type { Execution } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { cancelExecution } from "@/lib/data/executions";
import { isLive } from "@/lib/status";
import { triggerLabel } from "@/lib/trigger";

import { ReplayDialog } from "./replay-dialog";

const titleLook = "block max-w-[min(36rem,80vw)] truncate rounded-xs";

/** `isDeleted` says that the function is gone. */
export function ExecutionHeader({ execution, isDeleted }: { execution: Execution; isDeleted: boolean }) {
  const { id, function_id, function_name, version, status, created_at, trigger, replay_of } = execution;
  const [replaying, setReplaying] = useState(false);
  return (
    <>
      <PageHeader
        title={
          isDeleted ? (
            <span title={function_name} className={cn(titleLook, "text-ink-2")}>
              {function_name}
            </span>
          ) : (
            <Link href={`/functions/${function_id}`} prefetch={false} title={function_name} className={cn(titleLook, "hover:underline")}>
              {function_name}
            </Link>
          )
        }
        meta={
          <>
            <StatusBadge status={status} role="status" />
            <Badge>v{version}</Badge>
            {isDeleted && <Badge>Function deleted</Badge>}
          </>
        }
        actions={
          <>
            {replay_of !== null && (
              <ButtonLink href={`/executions/compare?a=${replay_of}&b=${id}`} prefetch={false} icon={<Columns2 aria-hidden className="size-4" />}>
                Compare with original
              </ButtonLink>
            )}
            {isLive(status) && <Cancel id={id} />}
            <Button variant={isLive(status) ? "secondary" : "primary"} disabled={isDeleted} title={isDeleted ? "The function is deleted: its code is gone." : undefined} icon={<RotateCcw aria-hidden className="size-4" />} onClick={() => setReplaying(true)}>
              Replay
            </Button>
          </>
        }
      >
        <p className="-mt-2 flex min-w-0 flex-wrap items-center gap-x-2 pb-3 text-sm text-ink-3">
          <span className="flex min-w-0 items-center gap-0.5 max-sm:w-full">
            <code className="truncate text-xs">{id}</code>
            <CopyButton value={id} label="Copy the execution id" />
          </span>
          <span aria-hidden className="max-sm:hidden">
            ·
          </span>
          <RelativeTime time={created_at} />
          <span aria-hidden>·</span>
          <span>{triggerLabel(trigger)}</span>
        </p>
      </PageHeader>
      <ReplayDialog execution={execution} open={replaying} onClose={() => setReplaying(false)} />
    </>
  );
}

function Cancel({ id }: { id: string }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const cancel = async () => {
    setPending(true);
    setError(undefined);
    try {
      await cancelExecution(id);
    } catch (problem) {
      setError(problem);
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <ErrorNote error={error} />
      <Button variant="danger" pending={pending} onClick={cancel} icon={<Ban aria-hidden className="size-4" />}>
        Cancel
      </Button>
    </>
  );
}
