import type { Metadata } from "next";
import { Suspense } from "react";

import { CreatePage } from "@/features/functions/create/create-page";

export const metadata: Metadata = { title: "Create function" };

export default function Page() {
  return (
    <Suspense>
      <CreatePage />
    </Suspense>
  );
}
