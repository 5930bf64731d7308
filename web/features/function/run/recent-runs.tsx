"use client";

import { StatusDot } from "@/components/ui/badge";
import { Duration, RelativeTime } from "@/components/ui/time";
import { cn } from "@/lib/cn";

import type { Run } from "./use-run";

/** The function's last executions in a row, newest first; each can be shown. */
export function RecentRuns({ run: { recent, execution, show } }: { run: Run }) {
  if (!recent || recent.length === 0) return null;
  return (
    <ul aria-label="Last executions of this function" className="flex shrink-0 overflow-x-auto border-b [scrollbar-width:none]">
      {recent.map((item) => (
        <li key={item.id} className="max-w-32 min-w-0 flex-1 border-r [&:nth-child(5)]:border-r-0">
          <button
            type="button"
            aria-pressed={item.id === execution?.id}
            title={`${item.id}, version ${item.version}`}
            onClick={() => show(item.id)}
            className={cn("flex h-11 w-full min-w-18 flex-col justify-center px-3 text-left focus-visible:-outline-offset-2", item.id === execution?.id ? "bg-selected" : "hover:bg-hover")}
          >
            <span className="flex items-center gap-1.5 font-mono text-xs whitespace-nowrap text-ink">
              <StatusDot status={item.status} />
              <Duration ms={item.duration_ms === 0 ? null : item.duration_ms} />
            </span>
            <RelativeTime time={item.created_at} className="text-2xs whitespace-nowrap text-ink-3" />
          </button>
        </li>
      ))}
    </ul>
  );
}
