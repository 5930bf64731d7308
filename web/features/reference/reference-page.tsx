"use client";

import { Suspense } from "react";
import useSWR from "swr";

import { ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { answer, api } from "@/lib/api/client";

import { readReference } from "./document";
import { Explorer } from "./explorer";

/** The API as the server describes it: nothing on this page is written by hand. */
export function ReferencePage() {
  const { data, error, mutate } = useSWR(["openapi"], async () => readReference(await answer(api.GET("/api/openapi.json"))), { revalidateOnFocus: false });
  return (
    <div className="max-w-7xl px-4 md:px-6">
      <PageHeader
        title="API reference"
        actions={
          <>
            <ButtonLink href="/api/docs" prefetch={false} target="_blank">
              One page
            </ButtonLink>
            <ButtonLink href="/api/openapi.json" prefetch={false} target="_blank">
              OpenAPI document
            </ButtonLink>
          </>
        }
      />
      {data !== undefined ? (
        <Suspense fallback={<Loading />}>
          <Explorer reference={data} />
        </Suspense>
      ) : error !== undefined ? (
        <ErrorState title="The OpenAPI document could not be loaded" error={error} onRetry={() => void mutate()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Loading() {
  return (
    <div role="status" aria-busy="true" aria-label="Loading" className="grid gap-8 py-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <div className="flex flex-col gap-3">
        {["w-full", "w-3/5", "w-4/5", "w-2/3", "w-3/4", "w-1/2"].map((width) => (
          <Skeleton key={width} className={width} />
        ))}
      </div>
      <div className="hidden flex-col gap-4 lg:flex">
        <Skeleton className="h-6 w-64" />
        <Skeleton className="w-96" />
        <Skeleton className="h-40" />
      </div>
    </div>
  );
}
