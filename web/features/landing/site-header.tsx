import { Link } from "@/components/ui/link";

import { Logo } from "@/components/shell/logo";

import { AccountLinks } from "./account-links";

export function SiteHeader() {
  return (
    <header className="flex h-14 items-center gap-1 border-b px-4 md:px-8">
      <Link href="/" className="-ml-1 rounded-sm px-1" aria-label="VoltRun, start page">
        <Logo />
      </Link>
      <nav aria-label="Site" className="ml-auto flex items-center gap-1">
        {/* Not a page of the dashboard: the server writes it. */}
        <a href="/api/docs" className="hidden h-8 items-center rounded-md px-3 text-sm text-ink-2 hover:bg-hover hover:text-ink sm:flex">
          API reference
        </a>
        <AccountLinks />
      </nav>
    </header>
  );
}
