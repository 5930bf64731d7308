"use client";

import { useEffect, useState } from "react";

/** Counts down the seconds that the server asks to wait; 0 when one may go on. */
export function useWait() {
  const [until, setUntil] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) setUntil(0);
    };
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [until]);
  const wait = (seconds: number) => {
    setLeft(Math.ceil(seconds));
    setUntil(Date.now() + seconds * 1000);
  };
  return { left, wait };
}
