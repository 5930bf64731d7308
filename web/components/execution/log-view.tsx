"use client";

import dynamic from "next/dynamic";

import { Skeleton } from "@/components/ui/skeleton";

/** LogPanel, loaded when it is first shown: pages that have a log have much else to show before it. */
export const LogView = dynamic(() => import("@/components/execution/log-panel").then((m) => m.LogPanel), {
  ssr: false,
  loading: () => <LogSkeleton />,
});

export function LogSkeleton() {
  return (
    <div className="flex flex-col gap-2 rounded-md bg-sunken p-3" role="status" aria-busy="true" aria-label="Loading the log">
      {["w-2/3", "w-1/2", "w-3/4", "w-2/5"].map((width) => (
        <Skeleton key={width} className={`h-3 ${width}`} />
      ))}
    </div>
  );
}
