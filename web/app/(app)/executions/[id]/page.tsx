import type { Metadata } from "next";

import { ExecutionPage } from "@/features/executions/detail/execution-page";

export const metadata: Metadata = { title: "Execution" };

export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <ExecutionPage />;
}
