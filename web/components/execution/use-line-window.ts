"use client";

import { useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { LogEntry } from "@/lib/logs/entry";
import { lineAt, noHeights, shift, topsOf, withHeights } from "@/lib/logs/tops";

/** So far above and below what is in sight lines are drawn, in pixels. */
const margin = 200;
/** The range moves by so many lines, so that slow scrolling seldom draws anything. */
const step = 8;
/** This near to the end counts as being there, in pixels. */
const nearEnd = 24;
/** As many lines are drawn before it is known how many there is room for. */
const atFirst = 48;

/** What stays where it is while heights become known and lines come and go above it. */
interface Anchor {
  /** The line by its number, which stays when lines are put before it (see useBase); after the last one it is the end. */
  number: number;
  /** How far its upper edge is above that of the list, in pixels. */
  above: number;
}

interface Options {
  entries: readonly LogEntry[];
  /** Whether lines may still come: then the end is kept in sight until it is scrolled up, and again once it is back there. */
  live: boolean;
  wrap: boolean;
  /** The place of a line to bring into sight whenever it is another one. */
  current: number | null;
}

/**
 * Of a list of lines of any height, those to draw: `from` to `to`, between `before` and `after` pixels of nothing. `scroller` goes
 * to what scrolls, which must be positioned, and `lines` to the parent of the lines in it, which are drawn as one element each.
 */
export function useLineWindow({ entries, live, wrap, current }: Options) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const [following, setFollowing] = useState(live);
  const heights = useHeights(wrap);
  const [range, setRange] = useState(() => (live ? { from: entries.length - atFirst, to: entries.length } : { from: 0, to: atFirst }));
  const base = useBase(entries);
  const tops = useMemo(() => topsOf(entries, heights.known), [entries, heights.known]);
  const count = entries.length;
  const to = Math.min(range.to, count);
  const from = Math.max(0, Math.min(range.from, to));

  /** Where the list stands, counted from the first line. */
  const place = () => (scroller.current && lines.current ? scroller.current.scrollTop - lines.current.offsetTop : 0);

  const look = () => {
    if (!scroller.current) return;
    const y = place();
    const next = {
      from: Math.floor(lineAt(tops, y - margin) / step) * step,
      to: Math.ceil((lineAt(tops, y + scroller.current.clientHeight + margin) + 1) / step) * step,
    };
    setRange((now) => (now.from === next.from && now.to === next.to ? now : next));
  };

  const measure = useEffectEvent(() => {
    if (!lines.current) return;
    const drawn = [...lines.current.children].flatMap((element, i): [LogEntry, number][] => {
      const entry = entries[from + i];
      return entry ? [[entry, element.getBoundingClientRect().height]] : [];
    });
    heights.note(drawn);
  });

  /** Puts the list back to where it stood, or to its end. */
  const settle = useEffectEvent(() => {
    const element = scroller.current;
    if (!element || !lines.current) return;
    if (live && following) element.scrollTop = element.scrollHeight;
    else if (anchor.current) {
      const top = lines.current.offsetTop + (tops[Math.max(anchor.current.number - base, 0)] ?? 0) + anchor.current.above;
      if (Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
    }
    look();
  });

  useLayoutEffect(() => {
    measure();
    settle();
  }, [entries, heights.known, from, to, wrap, following]);

  useLayoutEffect(() => {
    if (!scroller.current || !lines.current) return;
    // Lines are also unfolded, and become higher when there is less room for them.
    const observer = new ResizeObserver(() => {
      measure();
      settle();
    });
    observer.observe(scroller.current);
    observer.observe(lines.current);
    return () => observer.disconnect();
  }, []);

  const lastTop = useRef(0);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - nearEnd;
    const y = place();
    const index = lineAt(tops, y);
    if (scrollTop + clientHeight >= scrollHeight - 1) anchor.current = { number: base + count, above: -clientHeight };
    else anchor.current = { number: base + index, above: y - (tops[index] ?? 0) };
    // Only a person scrolls up while lines are added at the end.
    const next = isAtEnd || (following && scrollTop >= lastTop.current - 2);
    lastTop.current = scrollTop;
    // At once, so that no frame shows lines that are not there.
    flushSync(() => {
      setFollowing(next);
      look();
    });
  };

  /** Both ends at once: the browser's slow way there would be cut off as heights become known. */
  const onKeyDown = (event: React.KeyboardEvent) => {
    const element = scroller.current;
    if (!element || event.target !== element || (event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    element.scrollTop = event.key === "Home" ? 0 : element.scrollHeight;
  };

  const reveal = useEffectEvent((index: number) => {
    const element = scroller.current;
    const [top, bottom] = [tops[index], tops[index + 1]];
    if (!element || top === undefined || bottom === undefined) return;
    const y = place();
    if (top >= y && bottom <= y + element.clientHeight) return;
    setFollowing(false);
    anchor.current = { number: base + index, above: (bottom - top - element.clientHeight) / 2 };
    settle();
  });
  const currentEntry = current === null ? undefined : entries[current];
  useLayoutEffect(() => {
    if (current !== null) reveal(current);
  }, [current, currentEntry]);

  return {
    scroller,
    lines,
    from,
    to,
    before: tops[from] ?? 0,
    after: (tops[count] ?? 0) - (tops[to] ?? 0),
    onScroll,
    onKeyDown,
    following,
    follow: () => setFollowing(true),
  };
}

/** What is known of the heights of lines; they are others once lines wrap, or do so no more. */
function useHeights(wrap: boolean) {
  const [state, setState] = useState(() => ({ wrap, known: noHeights() }));
  const { known } = state.wrap === wrap ? state : { known: noHeights() };
  if (state.wrap !== wrap) setState({ wrap, known });
  const note = (measured: [LogEntry, number][]) => {
    const after = withHeights(known, measured);
    if (after !== known) setState({ wrap, known: after });
  };
  return { known, note };
}

/** What the first line is called: lines that are put before it count down from there, so that every line keeps its number. */
function useBase(entries: readonly LogEntry[]): number {
  const [known, setKnown] = useState({ entries, base: 0 });
  if (known.entries === entries) return known.base;
  const base = known.base + shift(known.entries, entries);
  setKnown({ entries, base });
  return base;
}
