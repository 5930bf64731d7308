"use client";

import { useEffect, useState } from "react";

import { formatDuration } from "@/lib/format";

/** How long something that has not ended takes so far; `since` is ISO 8601. */
export function Elapsed({ since, className }: { since: string; className?: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // The clocks of server and browser may differ.
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return <span className={className}>{seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000)}</span>;
}
