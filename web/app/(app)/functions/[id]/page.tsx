import type { Metadata } from "next";
import { Suspense } from "react";

import { FunctionPage, FunctionSkeleton } from "@/features/function/function-page";

export const metadata: Metadata = { title: "Function" };

/** One page serves every function: the id is read in the browser. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return (
    <Suspense fallback={<FunctionSkeleton />}>
      <FunctionPage />
    </Suspense>
  );
}
