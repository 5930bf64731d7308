"use client";

import { CopyButton, type CopyButtonProps } from "@/components/ui/copy-button";
import { useHydrated } from "@/lib/use-hydrated";

/** A CopyButton once the page has its script: before that, or without, it could do nothing. */
export function CopyWhenPossible(props: CopyButtonProps) {
  return useHydrated() ? <CopyButton {...props} /> : null;
}
