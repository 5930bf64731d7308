"use client";

import { Search } from "lucide-react";
import { Link } from "@/components/ui/link";
import { usePathname } from "next/navigation";

import { Kbd } from "@/components/ui/kbd";
import { cn } from "@/lib/cn";

import { IsolationNote } from "./isolation-note";
import { Logo } from "./logo";
import { isAt, places, type Place } from "./navigation";
import { UserMenu } from "./user-menu";

export function Sidebar({ onSearch, onNavigate }: { onSearch: () => void; onNavigate?: () => void }) {
  return (
    <div className="flex h-full flex-col gap-4 p-3">
      <Link href="/overview" onClick={onNavigate} className="rounded-sm px-2 py-1.5" aria-label="VoltRun, overview">
        <Logo />
      </Link>
      <button
        type="button"
        onClick={onSearch}
        className="flex h-8 items-center gap-2 rounded-md border border-hairline bg-surface px-2 text-sm text-ink-3 transition-colors hover:border-hairline-strong hover:text-ink-2"
      >
        <Search className="size-3.5" aria-hidden="true" />
        <span className="flex-1 text-left">Go to…</span>
        <Kbd keys="mod+k" />
      </button>
      <nav aria-label="Main" className="flex flex-1 flex-col gap-5 overflow-y-auto">
        <Places places={places.main} onNavigate={onNavigate} />
        <div>
          <p className="px-2 pb-1 text-xs text-ink-3">Server</p>
          <Places places={places.server} onNavigate={onNavigate} />
        </div>
      </nav>
      <div className="flex flex-col gap-2">
        <IsolationNote />
        <UserMenu />
      </div>
    </div>
  );
}

function Places({ places, onNavigate }: { places: Place[]; onNavigate?: () => void }) {
  const path = usePathname();
  return (
    <ul className="flex flex-col gap-px">
      {places.map((place) => {
        const here = isAt(path, place);
        return (
          <li key={place.href}>
            <Link
              href={place.href}
              onClick={onNavigate}
              aria-current={here ? "page" : undefined}
              className={cn(
                "flex h-10 items-center gap-2.5 rounded-md px-2 text-sm transition-colors md:h-8",
                here ? "bg-selected font-medium text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
              )}
            >
              <place.icon className="size-4" aria-hidden="true" strokeWidth={1.75} />
              {place.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
