"use client";

import { useEffect, useEffectEvent } from "react";

import { useAddress } from "@/lib/use-address";

export interface LinkedLine {
  file: string;
  line: number;
  /** The version that ran, where it is not the active one. */
  version: number | null;
}

/** A stack trace elsewhere leads here by ?file=…&line=…; it is opened once, and leaves the address as it is without it. */
export function useLinkedLine(open: (linked: LinkedLine) => void) {
  const { params, change } = useAddress();
  const file = params.get("file");
  const line = Number(params.get("line"));
  const version = Number(params.get("version"));
  const follow = useEffectEvent((linked: LinkedLine) => {
    open(linked);
    change({ file: null, line: null, version: null }, "replace");
  });
  useEffect(() => {
    if (file === null || !Number.isInteger(line) || line < 1) return;
    follow({ file, line, version: Number.isInteger(version) && version > 0 ? version : null });
  }, [file, line, version]);
}
