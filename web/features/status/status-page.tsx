"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { Banner } from "@/components/ui/banner";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { messageOf } from "@/lib/api/problem";
import type { ServerStatus } from "@/lib/api/types";
import { useServerStatus } from "@/lib/data/status";

import { Checks } from "./checks";
import { Isolation } from "./isolation";
import { Machines } from "./machines";
import { Runtimes, ServerFacts } from "./server-facts";

export function StatusPage() {
  const { status, error, refresh } = useServerStatus();
  return (
    <div className="max-w-5xl px-4 md:px-6">
      <PageHeader title="Status" meta={status && <Readiness checks={status.checks} />} />
      {status !== undefined && error !== undefined && (
        <Banner tone="failure" title="The server does not say how it is doing" className="mt-4">
          {messageOf(error)} What is below is its last answer.
        </Banner>
      )}
      {status !== undefined ? <Everything status={status} /> : error !== undefined ? <ErrorState title="The status could not be loaded" error={error} onRetry={() => void refresh()} /> : <Loading />}
    </div>
  );
}

function Everything({ status }: { status: ServerStatus }) {
  return (
    <>
      <Isolation isolation={status.isolation} />
      <Machines pool={status.pool} queue={status.queue} runtimes={status.runtimes} />
      <Checks checks={status.checks} />
      <Runtimes runtimes={status.runtimes} />
      <ServerFacts status={status} />
    </>
  );
}

function Readiness({ checks }: Pick<ServerStatus, "checks">) {
  const failing = checks.filter((check) => !check.ready).length;
  if (failing === 0) {
    return (
      <Badge tone="success">
        <CircleCheck aria-hidden />
        Ready
      </Badge>
    );
  }
  return (
    <Badge tone="failure">
      <TriangleAlert aria-hidden />
      {failing === 1 ? "1 check fails" : `${failing} checks fail`}
    </Badge>
  );
}

function Loading() {
  return (
    <div aria-busy="true" aria-label="Loading" role="status" className="flex flex-col">
      {["h-12", "h-36", "h-24", "h-24"].map((height, i) => (
        <div key={i} className="flex flex-col gap-4 border-b py-6">
          <Skeleton className="h-4 w-32" />
          <Skeleton className={height} />
        </div>
      ))}
    </div>
  );
}
