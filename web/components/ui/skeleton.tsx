import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

/** Stands where content will be, in its size: give it width and height. The region around it carries aria-busy. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return <div aria-hidden {...props} className={cn("h-4 animate-pulse rounded-sm bg-selected", className)} />;
}

// Cells of unequal width look like text, equal ones like a grid.
const widths = ["w-3/5", "w-2/5", "w-1/2", "w-1/3", "w-2/3"];

/** The rows of a table that is loading, inside its TBody. */
export function SkeletonRows({ rows, columns }: { rows: number; columns: number }) {
  return Array.from({ length: rows }, (_, row) => (
    <tr key={row}>
      {Array.from({ length: columns }, (_, column) => (
        <td key={column} className="h-10 border-b px-3">
          <Skeleton className={cn("h-3", widths[(row + column * 2) % widths.length])} />
          {row === 0 && column === 0 && <span className="sr-only">Loading</span>}
        </td>
      ))}
    </tr>
  ));
}
