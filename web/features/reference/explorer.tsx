"use client";

import { ArrowLeft } from "lucide-react";
import { Link } from "@/components/ui/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";

import { cn } from "@/lib/cn";

import type { Reference } from "./document";
import { Introduction } from "./introduction";
import { OperationDetail } from "./operation-detail";
import { OperationList } from "./operation-list";

/** The operations at the left and the chosen one at the right; on narrow screens one of the two. */
export function Explorer({ reference }: { reference: Reference }) {
  useHashLinks();
  const chosen = useSearchParams().get("operation");
  const operation = reference.groups.flatMap((group) => group.operations).find((o) => o.id === chosen);
  const top = useRef<HTMLDivElement>(null);
  const before = useRef(operation);
  useEffect(() => {
    // Whoever chooses is taken to what was chosen, also by a screen reader; not when the page opens with it.
    if (before.current !== operation) top.current?.focus();
    before.current = operation;
  }, [operation]);
  return (
    <div className="grid lg:grid-cols-[18rem_minmax(0,1fr)] lg:gap-8">
      <div className={cn("lg:sticky lg:top-0 lg:max-h-dvh lg:overflow-y-auto", operation !== undefined && "hidden lg:block")}>
        <OperationList groups={reference.groups} chosen={operation?.id} />
      </div>
      <div ref={top} tabIndex={-1} className="min-w-0 scroll-mt-12 py-6 outline-none">
        {operation === undefined ? (
          <Introduction reference={reference} missing={chosen} />
        ) : (
          <>
            <Link href="/reference" className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-ink-2 hover:text-ink lg:hidden">
              <ArrowLeft aria-hidden className="size-4" />
              All operations
            </Link>
            <OperationDetail key={operation.id} operation={operation} />
          </>
        )}
      </div>
    </div>
  );
}

/** Links such as /reference#get-execution, as the document's own page has them, lead to the operation too. */
function useHashLinks() {
  const router = useRouter();
  useEffect(() => {
    const follow = () => {
      if (location.hash.length > 1) router.replace(`/reference?operation=${location.hash.slice(1)}`);
    };
    follow();
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [router]);
}
