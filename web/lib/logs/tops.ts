import type { LogEntry } from "./entry";

/** How high a line is that has not been drawn yet: one row of text, in pixels. */
export const usualHeight = 20;

/** The lines that turned out to be higher or lower, in pixels. Another object whenever one was added. */
export interface LineHeights {
  unusual: WeakMap<LogEntry, number>;
  count: number;
}

export function noHeights(): LineHeights {
  return { unusual: new WeakMap(), count: 0 };
}

/** Notes what was measured; gives back the same object when nothing is new. */
export function withHeights(heights: LineHeights, measured: Iterable<readonly [LogEntry, number]>): LineHeights {
  let { count } = heights;
  let changed = false;
  for (const [entry, height] of measured) {
    const known = heights.unusual.get(entry);
    if (Math.abs((known ?? usualHeight) - height) < 0.5) continue;
    if (known === undefined) count++;
    heights.unusual.set(entry, height);
    changed = true;
  }
  return changed ? { unusual: heights.unusual, count } : heights;
}

/** Where each line begins, in pixels below the first one, and at the end how high all are together. */
export function topsOf(entries: readonly LogEntry[], { unusual, count }: LineHeights): Float64Array {
  const tops = new Float64Array(entries.length + 1);
  let top = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    // Most logs have lines of one height only, and then nothing is looked up.
    top += (count > 0 && entry && unusual.get(entry)) || usualHeight;
    tops[i + 1] = top;
  }
  return tops;
}

/** The line at so many pixels below the first one; the first or the last where there is none. */
export function lineAt(tops: Float64Array, y: number): number {
  let [low, high] = [0, Math.max(tops.length - 2, 0)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? Infinity) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** By how many places the first line of `before` has moved up: below zero when lines were put in front of it. */
export function shift(before: readonly LogEntry[], after: readonly LogEntry[]): number {
  const [oldFirst, newFirst] = [before[0], after[0]];
  if (oldFirst === newFirst || oldFirst === undefined || newFirst === undefined) return 0;
  const added = after.indexOf(oldFirst);
  if (added > 0) return -added;
  const dropped = before.indexOf(newFirst);
  return Math.max(dropped, 0);
}
