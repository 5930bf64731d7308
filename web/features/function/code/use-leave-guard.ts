"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

/**
 * While `active`, asks before the page is left: the browser's own question when the tab is closed, and `asked` with
 * the address when a link of the page is followed. Ways that no page can stop, such as the back button, lose nothing
 * either, because drafts are kept.
 */
export function useLeaveGuard(active: boolean) {
  const router = useRouter();
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    if (!active) return;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const following = (event: MouseEvent) => {
      const href = leadsTo(event);
      if (href === null) return;
      event.preventDefault();
      event.stopPropagation();
      setAsked(href);
    };
    window.addEventListener("beforeunload", closing);
    document.addEventListener("click", following, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", closing);
      document.removeEventListener("click", following, { capture: true });
    };
  }, [active]);
  return {
    asked,
    stay: () => setAsked(null),
    leave: () => {
      if (asked !== null) router.push(asked);
      setAsked(null);
    },
  };
}

/** The address of this site that a click opens in this tab in place of this page, or null. */
function leadsTo(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || (link.target !== "" && link.target !== "_self") || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname === location.pathname) return null;
  return url.pathname + url.search + url.hash;
}
