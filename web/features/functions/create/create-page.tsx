"use client";

import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { useFunctions } from "@/lib/data/functions";
import { useRuntimes } from "@/lib/data/runtimes";
import { useAddress } from "@/lib/use-address";

import { CreateForm } from "./create-form";
import { Preview } from "./preview";
import { templateOf } from "./templates";

/** Creates a function in one step. Template and runtime are in the address, so that a link can lead to a choice. */
export function CreatePage() {
  const { params, change } = useAddress();
  const template = templateOf(params.get("template"));
  const { runtimes, error, refresh } = useRuntimes();
  // Only to suggest a name that is free; the server decides.
  const { functions } = useFunctions({ q: template.name, pageSize: 200 });
  const runtime = runtimes?.find((r) => r.id === params.get("runtime")) ?? runtimes?.[0];
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader title="Create function" />
      {error !== undefined && !runtimes && <ErrorState error={error} title="The runtimes could not be loaded" onRetry={() => void refresh()} />}
      {runtimes?.length === 0 && (
        <ErrorState error="The server found neither Node.js nor Python. Status says where it looked." title="There is no runtime to run a function" onRetry={() => void refresh()} />
      )}
      {runtimes === undefined && error === undefined && <Loading />}
      {runtimes && runtime && (
        <div className="grid grid-cols-1 gap-x-8 gap-y-8 pt-6 lg:grid-cols-[24rem_minmax(0,1fr)]">
          <CreateForm
            template={template}
            runtime={runtime}
            runtimes={runtimes}
            taken={functions?.map((fn) => fn.name)}
            onTemplate={(id) => change({ template: id === "blank" ? null : id }, "replace")}
            onRuntime={(id) => change({ runtime: id === runtimes[0]?.id ? null : id }, "replace")}
          />
          <Preview template={template} runtime={runtime} />
        </div>
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-8 pt-6 lg:grid-cols-[24rem_minmax(0,1fr)]" role="status" aria-busy="true" aria-label="Loading">
      <div className="flex flex-col gap-4">
        {["h-14", "h-14", "h-96", "h-10"].map((height, i) => (
          <Skeleton key={i} className={height} />
        ))}
      </div>
      <Skeleton className="h-96" />
    </div>
  );
}
