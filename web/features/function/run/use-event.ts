"use client";

import { useEffect, useState } from "react";

import { useTestEvents } from "@/lib/data/test-events";

import { jsonProblem } from "./json-problem";
import { pretty } from "./event-templates";
import { keepEvent, keptEvent } from "./kept-event";

/** What is passed to the function when it is run from its page. */
export function useEvent(functionId: string) {
  const { testEvents, error, refresh } = useTestEvents(functionId);
  const [edited, setEdited] = useState(() => keptEvent(functionId));
  useEffect(() => {
    if (edited !== null) keepEvent(functionId, edited); // at once: whoever types may leave with the next key
  }, [functionId, edited]);
  // Until something is chosen or typed it is the first that is kept.
  const first = testEvents?.[0];
  const event = edited ?? (first ? { name: first.name, text: pretty(first.input) } : { name: null, text: "{}" });
  const kept = testEvents?.find((e) => e.name === event.name);
  const problem = jsonProblem(event.text);
  return {
    testEvents,
    error,
    refresh,
    /** The name it is kept under; null for one that is kept nowhere. */
    name: event.name,
    text: event.text,
    problem,
    /** Whether it says something else than what is kept under its name. */
    changed: kept === undefined || problem !== null || JSON.stringify(kept.input) !== JSON.stringify(JSON.parse(event.text)),
    type: (text: string) => setEdited({ name: event.name, text }),
    choose: (name: string | null, input: unknown) => setEdited({ name, text: pretty(input) }),
    /** Names what is in the editor, once it is kept under that name. */
    named: (name: string | null) => setEdited({ name, text: event.text }),
    /** The event itself; call it only when there is no problem. */
    input: (): unknown => JSON.parse(event.text),
  };
}

export type TestEventEditing = ReturnType<typeof useEvent>;
