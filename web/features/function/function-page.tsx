"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";

import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { ApiError } from "@/lib/api/problem";
import { useFunction } from "@/lib/data/functions";
import { usePageTitle } from "@/lib/use-page-title";
import { useRouteId } from "@/lib/use-route-id";

import { FunctionView } from "./function-view";
import { tabOf } from "./tabs";

/** One function: its code, versions, environment and settings. */
export function FunctionPage() {
  const reference = useRouteId("/functions/");
  const router = useRouter();
  const search = useSearchParams();
  const tab = tabOf(search.get("tab"));
  const { fn, error, refresh } = useFunction(reference);
  const { id, name } = fn ?? {};
  const named = id !== undefined && reference !== id;
  useEffect(() => {
    // A name may change while the page is open; the id does not.
    if (named) router.replace(`/functions/${id}?${search}`);
  }, [named, id, search, router]);
  usePageTitle(name);
  if (fn && !named) return <FunctionView key={fn.id} fn={fn} tab={tab} />;
  if (error instanceof ApiError && error.code === "not_found") {
    return (
      <>
        <h1 className="sr-only">Function not found</h1>
        <EmptyState title="There is no such function" description="It may have been deleted or renamed, or it belongs to another account." action={<ButtonLink href="/functions">All functions</ButtonLink>} className="py-24" />
      </>
    );
  }
  if (error !== undefined) {
    return (
      <>
        <h1 className="sr-only">Function</h1>
        <ErrorState error={error} title="The function could not be loaded" onRetry={refresh} className="py-24" />
      </>
    );
  }
  return <FunctionSkeleton />;
}

export function FunctionSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col lg:h-dvh">
      <h1 className="sr-only">Loading the function</h1>
      <div className="flex flex-col gap-4 border-b px-4 pt-5 pb-3 md:px-6">
        <div className="flex items-center gap-3">
          <Skeleton className="h-6 w-40" />
          <Skeleton className="h-5 w-20" />
          <Skeleton className="ml-auto h-8 w-32" />
        </div>
        <Skeleton className="w-72 max-w-full" />
      </div>
      <div className="flex min-h-96 grow">
        <div className="grow p-4">
          <Skeleton className="h-3 w-52" />
        </div>
        <div className="hidden w-[27.5rem] border-l p-4 lg:block">
          <Skeleton className="h-40" />
        </div>
      </div>
    </div>
  );
}
