"use client";

import { useEffect } from "react";

/**
 * Names the page after what it shows, which only the browser knows. Next sets the title of the exported page again
 * after each navigation, at a time of its own; so the title is watched. Undefined leaves it as it is.
 */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const full = `${title} · VoltRun`;
    const apply = () => {
      if (document.title !== full) document.title = full;
    };
    apply();
    const observer = new MutationObserver(apply);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [title]);
}
