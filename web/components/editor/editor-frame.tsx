import type { ReactNode } from "react";

import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";

// Lines of unequal length look like code.
const lines = ["w-52", "w-72", "w-36", "w-64 ml-6", "w-80 ml-6", "w-44 ml-6", "w-56 ml-6", "w-10"];

export interface EditorFrameProps {
  loading: boolean;
  error: Error | null;
  className?: string;
  /** The element the editor is put into. */
  children: ReactNode;
}

/** Stands around an editor: code-shaped lines while its files come, and what to do when they do not. */
export function EditorFrame({ loading, error, className, children }: EditorFrameProps) {
  return (
    <div className={cn("relative min-h-0 min-w-0 overflow-hidden bg-surface", className)} aria-busy={(loading && !error) || undefined}>
      {children}
      {error && <ErrorState error={error} title="The editor could not be loaded" onRetry={() => location.reload()} className="absolute inset-0 overflow-auto" />}
      {loading && !error && (
        <div className="absolute inset-0 flex flex-col gap-2 px-4 py-3">
          <span className="sr-only">Loading the editor</span>
          {lines.map((width, i) => (
            <div key={i} className="flex items-center gap-4">
              <Skeleton className="h-3 w-4" />
              <Skeleton className={cn("h-3 max-w-[60%]", width)} />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
