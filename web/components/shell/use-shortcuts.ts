"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent } from "react";

import { everyPlace } from "./navigation";

/** How long after g the second key counts, in milliseconds. */
const chordTime = 1200;

/** The keys that work on every page. Nothing is taken away from fields, the editor or open dialogs. */
export function useShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const router = useRouter();
  const press = useEffectEvent((event: KeyboardEvent, chord: boolean): boolean => {
    if ((event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onPalette();
      return false;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || dialogIsOpen()) return false;
    if (chord) {
      const place = everyPlace.find((p) => p.key === event.key);
      if (place) router.push(place.href);
      return false;
    }
    if (event.key === "?") onHelp();
    if (event.key === "c") router.push("/functions/new");
    if (event.key === "/") focusSearch(event);
    return event.key === "g";
  });
  useEffect(() => {
    let chordUntil = 0;
    const listen = (event: KeyboardEvent) => {
      chordUntil = press(event, event.timeStamp < chordUntil) ? event.timeStamp + chordTime : 0;
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], .monaco-editor") !== null;
}

function dialogIsOpen(): boolean {
  // One that fades out is closed to whoever types.
  return document.querySelector(":is([role=dialog], [role=alertdialog], [role=menu]):not([data-closed])") !== null;
}

function focusSearch(event: KeyboardEvent) {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
}
