import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

export interface PageHeaderProps {
  title: ReactNode;
  /** Beside the title: a badge, a path. */
  meta?: ReactNode;
  actions?: ReactNode;
  /** Tabs under the title; they sit on the hairline. */
  children?: ReactNode;
  className?: string;
}

export function PageHeader({ title, meta, actions, children, className }: PageHeaderProps) {
  return (
    <header className={cn("flex flex-col gap-3 border-b pt-4", !children && "pb-4", className)}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 lg:flex-nowrap lg:items-start">
        <div className="flex min-h-8 min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-medium tracking-tight break-words">{title}</h1>
          {meta}
        </div>
        {actions && <div className="flex min-h-8 flex-wrap items-center gap-2 lg:shrink-0">{actions}</div>}
      </div>
      {children}
    </header>
  );
}
