const units = ["B", "KB", "MB", "GB", "TB"];

/** Bytes in steps of 1,024, three significant digits: 1.21 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? "B"}`;
}

/** A duration in milliseconds in the unit that fits: 850 µs, 12.3 ms, 1.24 s, 2 min 05 s, 3 h 10 min, 2 d 4 h. */
export function formatDuration(ms: number): string {
  if (ms < 0 || !Number.isFinite(ms)) return "–";
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

const counts = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 12,345. */
export function formatCount(n: number): string {
  return counts.format(n);
}

/** 12.3K. */
export function formatCompact(n: number): string {
  return n < 10_000 ? counts.format(n) : compact.format(n);
}

/** A share of one in percent: 0 %, 0.4 %, 12.5 %, 100 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  return `${percent.toFixed(percent === 0 || percent >= 99.95 ? 0 : 1)}%`;
}

const absolute = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

/** Local date and time to the second. */
export function formatAbsolute(time: string | Date): string {
  return absolute.format(new Date(time));
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", year: "numeric", month: "short", day: "2-digit" });

/** Local date: Tue, 24 Nov 2026. */
export function formatDay(time: string | Date): string {
  return day.format(new Date(time));
}

/** Local time of day to the millisecond, as log lines show it. */
export function formatClock(time: string | Date): string {
  return clock.format(new Date(time));
}

/** How long ago, or until: just now, 42 s ago, 5 min ago, 3 h ago, 2 d ago, in 7 d; older than 30 days as a date. */
export function formatRelative(time: string | Date, now: number): string {
  const at = new Date(time).getTime();
  const seconds = Math.round((now - at) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  let text: string;
  if (distance < 60) text = `${distance} s`;
  else if (distance < 3600) text = `${Math.floor(distance / 60)} min`;
  else if (distance < 86_400) text = `${Math.floor(distance / 3600)} h`;
  else if (distance < 30 * 86_400) text = `${Math.floor(distance / 86_400)} d`;
  else return new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "short", day: "2-digit" }).format(at);
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}
