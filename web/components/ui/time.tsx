"use client";

import { useCallback, useSyncExternalStore } from "react";

import { formatAbsolute, formatBytes, formatDuration, formatRelative } from "@/lib/format";

// One timer for all times on the page; it runs while there is one.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function everySecond(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago, kept up to date; renders again only when the text changes. `time` is ISO 8601. */
export function RelativeTime({ time, className }: { time: string; className?: string }) {
  const text = useSyncExternalStore(everySecond, useCallback(() => formatRelative(time, Date.now()), [time]), () => time.slice(0, 10));
  return (
    <time dateTime={time} title={formatAbsolute(time)} className={className} suppressHydrationWarning>
      {text}
    </time>
  );
}

/** `ms` in milliseconds; a dash when it is not known. */
export function Duration({ ms, className }: { ms: number | null | undefined; className?: string }) {
  return <span className={className}>{ms === null || ms === undefined ? "–" : formatDuration(ms)}</span>;
}

/** `value` in bytes; a dash when it is not known. */
export function Bytes({ value, className }: { value: number | null | undefined; className?: string }) {
  return <span className={className}>{value === null || value === undefined ? "–" : formatBytes(value)}</span>;
}
