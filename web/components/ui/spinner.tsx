import { LoaderCircle } from "lucide-react";

import { cn } from "@/lib/cn";

/** Decoration only: what waits says so itself, with aria-busy or text. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={cn("size-4 animate-spin", className)} />;
}
