"use client";

import { useEffect, useEffectEvent, useMemo, useState } from "react";

import type { ExecutionSummary } from "@/lib/api/types";

/** Who has scrolled further than this reads what is there, and nothing may move; in pixels. */
const reading = 240;

/** Holds new executions back while the page is scrolled down, and counts them. */
export function useHeld(executions: readonly ExecutionSummary[] | undefined) {
  const [newestShown, setNewestShown] = useState<string | null>(null);
  const newest = executions?.[0]?.id ?? null;
  const onScroll = useEffectEvent(() => {
    if (scrollY <= reading) setNewestShown(null);
    else if (newestShown === null) setNewestShown(newest);
  });
  useEffect(() => {
    const listen = () => onScroll();
    addEventListener("scroll", listen, { passive: true });
    return () => removeEventListener("scroll", listen);
  }, []);
  const shown = useMemo(() => {
    if (newestShown === null) return executions;
    const before = executions?.filter(({ id }) => id <= newestShown);
    return before?.length === 0 ? executions : before; // so much has begun that the list was loaded anew: nothing of what was read is left
  }, [executions, newestShown]);
  return {
    shown,
    waiting: (executions?.length ?? 0) - (shown?.length ?? 0),
    show: () => {
      setNewestShown(null);
      scrollTo({ top: 0 });
    },
  };
}
