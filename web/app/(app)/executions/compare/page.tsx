import type { Metadata } from "next";
import { Suspense } from "react";

import { ComparePage } from "@/features/executions/compare/compare-page";

export const metadata: Metadata = { title: "Compare executions" };

export default function Page() {
  return (
    <Suspense>
      <ComparePage />
    </Suspense>
  );
}
