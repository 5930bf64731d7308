"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo } from "react";

import { Banner } from "@/components/ui/banner";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { LoadMore } from "@/components/ui/pagination";
import { messageOf } from "@/lib/api/problem";
import { useFunctions } from "@/lib/data/functions";
import { useRuntimes } from "@/lib/data/runtimes";
import { useFunctionStats } from "@/lib/data/stats";
import { useAddress } from "@/lib/use-address";
import { useSettled } from "@/lib/use-settled";

import { FunctionTable, FunctionTableSkeleton } from "./function-table";
import { FunctionToolbar } from "./function-toolbar";
import { nextSort, sortOf, sortRows, type Sort, type SortKey } from "./sort";

// With the code of its templates, and seen once in the life of an account.
const Starters = dynamic(() => import("./starters").then((m) => m.Starters));

const pageSize = 100;

export function FunctionsPage() {
  const { params, change } = useAddress();
  const q = params.get("q") ?? "";
  const runtime = params.get("runtime") ?? "";
  const sort = sortOf(params.get("sort"), params.get("order"));
  const wanted = useSettled(q.trim());
  const { functions, error, isLoading, isLoadingMore, isComplete, loadMore, refresh } = useFunctions({ q: wanted, runtime, pageSize });
  const { functionStats, error: statsError } = useFunctionStats("24h");
  const { runtimes } = useRuntimes();
  const rows = useMemo(
    () => functions && sortRows(functions.map((fn) => ({ fn, stats: functionStats?.get(fn.id) })), { key: sort.key, order: sort.order }),
    [functions, functionStats, sort.key, sort.order],
  );
  const onSort = (key: SortKey) => change(asParams(nextSort(sort, key)));
  const filtered = wanted !== "" || runtime !== "";
  const isFirst = rows?.length === 0 && !filtered;
  return (
    <div className="max-w-7xl px-4 pb-12 md:px-6">
      <PageHeader
        title="Functions"
        actions={
          <ButtonLink href="/functions/new" variant="primary" icon={<Plus aria-hidden className="size-4" />}>
            Create function
          </ButtonLink>
        }
      />
      {isFirst ? (
        <Starters />
      ) : (
        <>
          <FunctionToolbar q={q} runtime={runtime} runtimes={runtimes} onChange={change} />
          {statsError !== undefined && rows && (
            <Banner tone="warning" title="Runs and error rates are not up to date" className="mb-3">
              {messageOf(statsError)}
            </Banner>
          )}
          {error !== undefined && !rows && <ErrorState error={error} title="The functions could not be loaded" onRetry={() => void refresh()} />}
          {error !== undefined && rows && <Banner tone="warning" title="The list is not up to date">{messageOf(error)}</Banner>}
          {rows?.length === 0 && (
            <EmptyState
              title={wanted === "" ? "No function uses this runtime" : `No function matches “${wanted}”`}
              description="Names and descriptions are searched."
              action={<Button onClick={() => change({ q: null, runtime: null })}>Show all functions</Button>}
            />
          )}
          {isLoading && rows === undefined && <FunctionTableSkeleton sort={sort} onSort={onSort} />}
          {rows && rows.length > 0 && <FunctionTable rows={rows} runtimes={runtimes} sort={sort} onSort={onSort} />}
          {rows && rows.length > 0 && (
            <>
              <LoadMore onClick={loadMore} pending={isLoadingMore} done={isComplete} count={rows.length} />
              {!isComplete && sort.key !== "created" && <p className="text-sm text-ink-3">Sorted among the functions shown; load more to sort the others too.</p>}
            </>
          )}
        </>
      )}
    </div>
  );
}

function asParams({ key, order }: Sort) {
  const usual = sortOf(key, null).order === order;
  return { sort: key === "created" && usual ? null : key, order: usual ? null : order };
}
