import { Fragment, type ReactNode } from "react";

import { cn } from "@/lib/cn";

export interface KeyValueProps {
  items: { label: string; value: ReactNode }[];
  className?: string;
}

/** Facts as a list of terms: label left, value right; on a phone the value is under its label. */
export function KeyValue({ items, className }: KeyValueProps) {
  return (
    <dl className={cn("grid grid-cols-1 text-sm sm:grid-cols-[minmax(7rem,max-content)_minmax(0,1fr)] sm:gap-x-6 sm:gap-y-2", className)}>
      {items.map(({ label, value }) => (
        <Fragment key={label}>
          <dt className="text-ink-3">{label}</dt>
          <dd className="mb-2 min-w-0 break-words text-ink sm:mb-0">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
