import { Link } from "@/components/ui/link";
import type { ReactNode } from "react";

import { Logo } from "@/components/shell/logo";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col px-4 sm:px-6">
      <header className="flex h-14 items-center">
        <Link href="/" className="-mx-1 rounded-sm px-1" aria-label="VoltRun, start page">
          <Logo />
        </Link>
      </header>
      <main className="mx-auto w-full max-w-88 grow pt-[max(2rem,10vh)] pb-16">{children}</main>
    </div>
  );
}
