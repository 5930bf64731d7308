"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent } from "react";

import { useSession } from "@/lib/use-session";

/** Leaves the page as soon as somebody is signed in: by its form, by a session that was still good, or in another tab. */
export function useGoOn(destination: (next: string | null) => string) {
  const { phase } = useSession();
  const router = useRouter();
  const go = useEffectEvent(() => router.replace(destination(new URLSearchParams(location.search).get("next"))));
  useEffect(() => {
    if (phase === "signed-in") go();
  }, [phase]);
  return phase === "signed-in";
}
