"use client";

import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

const step = 24;

/** A width in pixels that a person can change and this browser remembers. */
export function useWidth(key: string, { initial, min, max }: { initial: number; min: number; max: number }) {
  const [width, setWidth] = useState(initial);
  useEffect(() => {
    const kept = Number(localStorage.getItem(key) ?? NaN);
    if (Number.isFinite(kept)) setWidth(Math.min(max, Math.max(min, kept)));
  }, [key, min, max]);
  const resize = (to: number) => {
    const within = Math.min(max, Math.max(min, Math.round(to)));
    setWidth(within);
    localStorage.setItem(key, String(within));
  };
  return { width, resize, min, max };
}

export interface ResizeHandleProps {
  label: string;
  /** Of what is right of the handle, in pixels. */
  width: number;
  min: number;
  max: number;
  onResize: (width: number) => void;
  className?: string;
}

/** The line between two panels, moved by pointer or by the arrow keys. */
export function ResizeHandle({ label, width, min, max, onResize, className }: ResizeHandleProps) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const keys = (event: KeyboardEvent) => {
    const to = { ArrowLeft: width + step, ArrowRight: width - step, Home: max, End: min }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onResize(to);
  };
  const grab = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const drag = (event: PointerEvent) => {
    if (from.current) onResize(from.current.width + from.current.x - event.clientX);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={keys}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
      className={`relative w-px shrink-0 cursor-col-resize touch-none bg-hairline after:absolute after:inset-y-0 after:-inset-x-1 after:z-10 hover:bg-hairline-strong focus-visible:bg-focus ${className ?? ""}`}
    />
  );
}
