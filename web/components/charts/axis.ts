const day = 86_400; // s

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dateAndClock = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** A mark of the time axis; `seconds` since the epoch, `step` between marks, in seconds. Midnight is shown as its date. */
export function timeMark(seconds: number, step: number): string {
  const time = new Date(seconds * 1000);
  return step >= day || (time.getHours() === 0 && time.getMinutes() === 0) ? date.format(time) : clock.format(time);
}

/** A step in words, in local time: 24 Nov, 14:15–14:30; a whole day as its date. */
export function stepName(startMs: number, stepMs: number): string {
  if (stepMs >= day * 1000) return date.format(startMs);
  return `${dateAndClock.format(startMs)}–${clock.format(startMs + stepMs)}`;
}

/** A duration as short as an axis needs it: 0, 250 µs, 20 ms, 1.5 s, 2 min. */
export function durationMark(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1) return `${trim(ms * 1000)} µs`;
  if (ms < 1000) return `${trim(ms)} ms`;
  if (ms < 60_000) return `${trim(ms / 1000)} s`;
  return `${trim(ms / 60_000)} min`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}
