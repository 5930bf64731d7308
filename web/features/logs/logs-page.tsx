"use client";

import dynamic from "next/dynamic";
import { useMemo } from "react";

import { LogSkeleton } from "@/components/execution/log-view";
import { useAddress } from "@/lib/use-address";
import { useSettled } from "@/lib/use-settled";

import { feedFilterOf, levelsOf } from "./filter";
import { LogsToolbar } from "./logs-toolbar";

const LogFeed = dynamic(() => import("./log-feed").then((m) => m.LogFeed), { ssr: false, loading: () => <LogSkeleton /> });

/** What of the address makes another feed; the level only chooses among lines that are there. */
const feedParams = ["function_id", "stream", "range", "from", "to"];

export function LogsPage() {
  const { params, change } = useAddress();
  const query = useSettled((params.get("q") ?? "").trim());
  const address = new URLSearchParams(feedParams.flatMap((name) => (params.has(name) ? [[name, params.get(name) ?? ""]] : []))).toString();
  const filter = useMemo(() => feedFilterOf(new URLSearchParams(address), query, Date.now()), [address, query]);
  const level = params.get("level");
  const levels = useMemo(() => levelsOf(level), [level]);
  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col px-4 pb-3 md:h-dvh md:px-6">
      <h1 className="sr-only">Logs</h1>
      <LogsToolbar params={params} onChange={change} levels={levels} />
      <LogFeed key={JSON.stringify(filter)} filter={filter} levels={levels} onReset={() => change(Object.fromEntries([...params.keys()].map((name) => [name, null])))} />
    </div>
  );
}
