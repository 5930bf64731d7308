"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { useSWRConfig } from "swr";

import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { rememberPage } from "@/lib/return-path";
import { restoreSession } from "@/lib/session";
import { useSession } from "@/lib/use-session";

/** Shows its children to whoever is signed in, and sends everybody else to the sign-in, from which they come back here. */
export function SignedInOnly({ children }: { children: ReactNode }) {
  const { phase } = useSession();
  const router = useRouter();
  const path = usePathname();
  const { cache } = useSWRConfig();
  const [error, setError] = useState<unknown>();
  const restore = () => {
    setError(undefined);
    restoreSession().catch(setError);
  };
  useEffect(restore, []);
  useEffect(() => {
    // Whoever signs in next in this tab must not see what was loaded for somebody else.
    if (phase === "signed-out") for (const key of [...cache.keys()]) cache.delete(key);
  }, [phase, cache]);
  useEffect(() => {
    const here = location.pathname + location.search + location.hash;
    if (phase === "signed-out") router.replace(`/login?next=${encodeURIComponent(here)}`);
    if (phase === "signed-in") rememberPage(here);
  }, [phase, path, router]);
  if (phase === "signed-in" || phase === "expired") return children;
  if (phase === "unknown" && error !== undefined) return <ErrorState title="Whether you are signed in could not be found out" error={error} onRetry={restore} className="py-24" />;
  return (
    <div className="flex flex-col gap-4 p-6" role="status" aria-busy="true" aria-label="Loading">
      <Skeleton className="h-7 w-48" />
      <Skeleton className="h-4 w-80 max-w-full" />
      <Skeleton className="mt-4 h-64 w-full" />
    </div>
  );
}
