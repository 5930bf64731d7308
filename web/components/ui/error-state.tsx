"use client";

import { CircleAlert, RotateCw } from "lucide-react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ApiError, messageOf } from "@/lib/api/problem";
import { cn } from "@/lib/cn";

export interface ErrorStateProps {
  error: unknown;
  /** What could not be done: "The functions could not be loaded". */
  title?: string;
  onRetry?: () => void;
  className?: string;
}

/** Fills the place of what could not be shown. */
export function ErrorState({ error, title = "This could not be loaded", onRetry, className }: ErrorStateProps) {
  return (
    <div role="alert" className={cn("flex flex-col items-center gap-1 px-4 py-12 text-center", className)}>
      <CircleAlert aria-hidden className="mb-2 size-5 text-failure" />
      <p className="text-base font-medium text-ink">{title}</p>
      <p className="max-w-md text-sm break-words text-ink-2">{messageOf(error)}</p>
      <RequestId error={error} />
      {onRetry && (
        <Button className="mt-4" icon={<RotateCw aria-hidden className="size-4" />} onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}

/** One line or two inside a form or a dialog; nothing while there is no error. */
export function ErrorNote({ error, className }: { error: unknown; className?: string }) {
  if (error === null || error === undefined) return null;
  return (
    <div role="alert" className={cn("rounded-md bg-failure-soft px-3 py-2 text-sm text-failure", className)}>
      <p className="break-words">{messageOf(error)}</p>
      <RequestId error={error} />
    </div>
  );
}

function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || !error.requestId) return null;
  return (
    <p className="flex min-w-0 max-w-full items-center gap-1 text-xs text-ink-2">
      Request
      <code className="truncate">{error.requestId}</code>
      <CopyButton value={error.requestId} label="Copy the request id" />
    </p>
  );
}
