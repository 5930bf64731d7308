"use client";

import { ButtonLink } from "@/components/ui/button";
import { mayBeSignedIn } from "@/lib/session";
import { useHydrated } from "@/lib/use-hydrated";
import { useSession } from "@/lib/use-session";

/** The way in; for whoever is signed in already, the way back. */
export function AccountLinks({ size = "md" }: { size?: "md" | "lg" }) {
  const { phase } = useSession();
  const hydrated = useHydrated();
  if (phase === "signed-in" || (phase === "unknown" && hydrated && mayBeSignedIn())) {
    return (
      <ButtonLink href="/overview" variant="primary" size={size}>
        Open dashboard
      </ButtonLink>
    );
  }
  return (
    <>
      <ButtonLink href="/login" variant={size === "lg" ? "secondary" : "ghost"} size={size} className={size === "lg" ? "order-last" : undefined}>
        Sign in
      </ButtonLink>
      <ButtonLink href="/register" variant="primary" size={size}>
        Create account
      </ButtonLink>
    </>
  );
}
