import type { Metadata } from "next";

import { Logo } from "@/components/shell/logo";
import { ButtonLink } from "@/components/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 p-6">
      <Logo />
      <h1 className="text-xl font-semibold">There is no page at this address</h1>
      <p className="text-ink-2">It may have been mistyped, or what it showed has been deleted.</p>
      <div className="flex gap-2">
        <ButtonLink href="/overview" variant="primary">
          To the overview
        </ButtonLink>
        <ButtonLink href="/" variant="secondary">
          VoltRun’s front page
        </ButtonLink>
      </div>
    </main>
  );
}
