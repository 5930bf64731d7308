import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** Why there is nothing here and what would fill it. */
  description: ReactNode;
  action?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, description, action, className }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center gap-1 px-4 py-12 text-center", className)}>
      {icon && (
        <div aria-hidden className="mb-2 text-ink-3 [&_svg]:size-5">
          {icon}
        </div>
      )}
      <p className="text-base font-medium text-ink">{title}</p>
      <p className="max-w-md text-sm text-pretty text-ink-3">{description}</p>
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
