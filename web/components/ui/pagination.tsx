"use client";

import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/format";

export interface LoadMoreProps {
  onClick: () => void;
  pending: boolean;
  /** Whether everything is shown. */
  done: boolean;
  /** How many are shown. */
  count: number;
}

export function LoadMore({ onClick, pending, done, count }: LoadMoreProps) {
  return (
    <div className="flex items-center justify-between gap-4 py-3 text-sm text-ink-3">
      <span role="status">{done ? `All ${formatCount(count)} shown` : `${formatCount(count)} shown`}</span>
      {!done && (
        <Button size="sm" pending={pending} onClick={onClick}>
          Load more
        </Button>
      )}
    </div>
  );
}
