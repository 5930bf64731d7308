"use client";

import { Menu as MenuIcon, Search } from "lucide-react";
import dynamic from "next/dynamic";
import { Link } from "@/components/ui/link";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { useEver } from "@/components/ui/on-demand";

import { Logo } from "./logo";
import { SignInAgain } from "./sign-in-again";
import { Sidebar } from "./sidebar";
import { SignedInOnly } from "./signed-in-only";
import { useShortcuts } from "./use-shortcuts";

const CommandPalette = dynamic(() => import("./command-palette").then((m) => m.CommandPalette), { ssr: false });
const ShortcutHelp = dynamic(() => import("./shortcut-help").then((m) => m.ShortcutHelp), { ssr: false });

type Overlay = "none" | "palette" | "shortcuts" | "menu";

/** The frame of every page behind the sign-in. */
export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>("none");
  const close = () => setOverlay("none");
  const path = usePathname();
  const paletteEver = useEver(overlay === "palette");
  const shortcutsEver = useEver(overlay === "shortcuts");
  useShortcuts({ onPalette: () => setOverlay("palette"), onHelp: () => setOverlay("shortcuts") });
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-sm text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r md:block">
        <Sidebar onSearch={() => setOverlay("palette")} />
      </aside>
      <header className="sticky top-0 z-20 flex h-12 items-center gap-1 border-b bg-canvas px-2 md:hidden">
        <Button variant="ghost" size="icon" aria-label="Menu" onClick={() => setOverlay("menu")} icon={<MenuIcon />} />
        <Link href="/overview" className="flex-1 rounded-sm px-1">
          <Logo />
        </Link>
        <Button variant="ghost" size="icon" aria-label="Go to" onClick={() => setOverlay("palette")} icon={<Search />} />
      </header>
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <SignedInOnly>{children}</SignedInOnly>
      </main>
      <Sheet open={overlay === "menu"} onOpenChange={close} title="Menu" side="left">
        <Sidebar key={path} onSearch={() => setOverlay("palette")} onNavigate={close} />
      </Sheet>
      {/* They stay when they have been open, so that closing them returns the focus. */}
      {paletteEver && <CommandPalette open={overlay === "palette"} onClose={close} onShortcuts={() => setOverlay("shortcuts")} />}
      {shortcutsEver && <ShortcutHelp open={overlay === "shortcuts"} onClose={close} />}
      <SignInAgain />
    </div>
  );
}
