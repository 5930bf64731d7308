"use client";

import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

export interface RowsInSight {
  /** The first row that is drawn, and the one after the last. */
  from: number;
  to: number;
}

/** So far beyond the window rows are drawn, so that scrolling shows none that is missing; in pixels. */
const margin = 600;
/** What may cover the edges of the window: the header of phones. In pixels. */
const covered = 56;

/**
 * For a long table in a page that scrolls: which of its rows, all of one height, are in sight or near it. `frame` goes to an
 * element around the table with a padding of `before` and `after` pixels; rows hold an element with data-row, their place.
 */
export function useRowsInSight(count: number, guessedHeight: number) {
  const frame = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(guessedHeight);
  const [{ from, to }, setRange] = useState<RowsInSight>({ from: 0, to: Math.ceil(2 * margin / guessedHeight) });
  const look = useCallback(() => {
    if (!frame.current) return;
    const next = rowsInSight(frame.current.getBoundingClientRect().top, innerHeight, height, count);
    setRange((range) => (range.from === next.from && range.to === next.to ? range : next));
  }, [height, count]);

  useLayoutEffect(() => {
    const measure = () => {
      const row = frame.current?.querySelector("[data-row]")?.closest("tr");
      if (row) setHeight(row.getBoundingClientRect().height);
      look();
    };
    measure();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", measure); // rows are higher where there is little room
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", measure);
    };
  }, [look]);

  /** Scrolls as little as it takes to show the row; it is drawn when this returns. */
  const reveal = (index: number) => {
    if (!frame.current) return;
    const top = frame.current.getBoundingClientRect().top + index * height;
    if (top < covered) scrollBy({ top: top - covered });
    else if (top + height > innerHeight - covered) scrollBy({ top: top + height - innerHeight + covered });
    flushSync(look);
  };
  const end = Math.min(to, count);
  const begin = Math.min(from, end);
  return { frame, from: begin, to: end, before: begin * height, after: (count - end) * height, reveal };
}

/** `top` is where the first row is, counted from the upper edge of the window; all in pixels. */
export function rowsInSight(top: number, windowHeight: number, rowHeight: number, count: number): RowsInSight {
  const clamp = (row: number) => Math.min(Math.max(row, 0), count);
  return { from: clamp(Math.floor((-top - margin) / rowHeight)), to: clamp(Math.ceil((windowHeight - top + margin) / rowHeight)) };
}
