"use client";

import { usePathname } from "next/navigation";

import { useHydrated } from "@/lib/use-hydrated";

/**
 * The dynamic part of the path after `prefix`: fn_… of /functions/fn_…. The export has one page for all of them, in
 * which Next itself only knows a placeholder; so it is null until the page has been taken over.
 */
export function useRouteId(prefix: string): string | null {
  const path = usePathname();
  const hydrated = useHydrated();
  if (!hydrated || !path.startsWith(prefix)) return null;
  const id = path.slice(prefix.length).split("/")[0] ?? "";
  return id === "" || id === "_" ? null : decodeURIComponent(id);
}
