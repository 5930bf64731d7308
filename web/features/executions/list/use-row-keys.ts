"use client";

import { useEffect, useEffectEvent } from "react";

/** j and k go down and up the rows, as arrows do once a row has the focus; Enter opens it, as it is a link. `reveal` draws a row. */
export function useRowKeys(count: number, reveal: (index: number) => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    if (event.target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]")) return;
    const row = event.target.closest("[data-row]");
    const at = row instanceof HTMLElement ? Number(row.dataset.row) : -1;
    const by = event.key === "j" || (event.key === "ArrowDown" && at >= 0) ? 1 : event.key === "k" || (event.key === "ArrowUp" && at >= 0) ? -1 : 0;
    if (by === 0 || count === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + by, 0), count - 1);
    reveal(next);
    document.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true });
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
