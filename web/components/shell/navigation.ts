import { Activity, BookOpen, Braces, KeyRound, LayoutDashboard, ScrollText, ServerCog, Settings, type LucideIcon } from "lucide-react";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** The second key after g. */
  key: string;
}

/** Where one can go from everywhere: sidebar, palette and shortcuts read this one table. */
export const places: { main: Place[]; server: Place[] } = {
  main: [
    { href: "/overview", label: "Overview", icon: LayoutDashboard, key: "o" },
    { href: "/functions", label: "Functions", icon: Braces, key: "f" },
    { href: "/executions", label: "Executions", icon: Activity, key: "e" },
    { href: "/logs", label: "Logs", icon: ScrollText, key: "l" },
  ],
  server: [
    { href: "/keys", label: "API keys", icon: KeyRound, key: "k" },
    { href: "/reference", label: "API reference", icon: BookOpen, key: "r" },
    { href: "/status", label: "Status", icon: ServerCog, key: "s" },
    { href: "/settings", label: "Settings", icon: Settings, key: "p" },
  ],
};

export const everyPlace: Place[] = [...places.main, ...places.server];

export function isAt(path: string, place: Place): boolean {
  return path === place.href || path.startsWith(`${place.href}/`);
}
