"use client";

import { useEffect } from "react";

/** The place is noted once scrolling has paused for this long, in milliseconds: browsers bound how often an entry may change. */
const pause = 200;
/** For so many frames the rows are waited for: they are measured before the page has its height. */
const frames = 30;

/**
 * Back leads to the place in the list that was left; the browser itself cannot, as the rows are not drawn yet. The place
 * is kept in the entry of the history, so that a link to the same list begins at its top.
 */
export function useScrollReturn(ready: boolean) {
  useEffect(() => {
    if (!ready) return;
    const frame = scrollWhenTall(placeOf(history.state));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = () => {
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState({ ...(history.state as object | null), listTop: scrollY }, ""), pause);
    };
    addEventListener("scroll", note, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      removeEventListener("scroll", note);
    };
  }, [ready]);
}

function placeOf(state: unknown): number {
  const top = typeof state === "object" && state !== null && "listTop" in state ? state.listTop : 0;
  return typeof top === "number" ? top : 0;
}

function scrollWhenTall(top: number): number {
  if (top <= 0) return 0;
  let waited = 0;
  const look = () => {
    if (document.documentElement.scrollHeight - innerHeight >= top) scrollTo({ top });
    else if (++waited < frames) requestAnimationFrame(look);
  };
  return requestAnimationFrame(look);
}
