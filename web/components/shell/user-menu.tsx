"use client";

import { ChevronsUpDown, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";

import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { messageOf } from "@/lib/api/problem";
import { signOut } from "@/lib/session";
import { useSession } from "@/lib/use-session";

export function UserMenu() {
  const session = useSession();
  const router = useRouter();
  const { setTheme } = useTheme();
  if (session.phase !== "signed-in" && session.phase !== "expired") return null;
  const { name, email } = session.user;
  const leave = () => {
    signOut().catch((error: unknown) => toast.error("Signed out here, but not on the server", { description: messageOf(error) }));
    router.push("/login");
  };
  return (
    <Menu
      trigger={
        <button type="button" className="flex h-10 w-full items-center gap-2 rounded-md px-2 text-left text-sm transition-colors hover:bg-hover">
          <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-selected text-xs font-medium uppercase" aria-hidden="true">
            {(name || email).slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1 truncate text-ink-2">{name || email}</span>
          <ChevronsUpDown className="size-3.5 text-ink-3" aria-hidden="true" />
          <span className="sr-only">Account menu</span>
        </button>
      }
      items={[
        { label: "Settings", icon: <Settings />, href: "/settings" },
        "separator",
        { label: "Dark theme", icon: <Moon />, onSelect: () => setTheme("dark") },
        { label: "Light theme", icon: <Sun />, onSelect: () => setTheme("light") },
        { label: "System theme", icon: <Monitor />, onSelect: () => setTheme("system") },
        "separator",
        { label: "Sign out", icon: <LogOut />, onSelect: leave },
      ]}
    />
  );
}
