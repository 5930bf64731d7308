"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useEffect, useRef, useState, type ComponentProps } from "react";

import { cn } from "@/lib/cn";

export type TableProps = ComponentProps<"table"> & {
  /** What the rows are. */
  "aria-label": string;
  /** For the region that scrolls; give it a height and the header stays in sight. */
  regionClassName?: string;
};

export function Table({ regionClassName, className, "aria-label": label, ...props }: TableProps) {
  const region = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = region.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight));
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  // The keyboard must be able to scroll it, but only where there is something to scroll it is worth a stop.
  const focusable = scrolls ? { role: "region", "aria-label": label, tabIndex: 0 } : {};
  return (
    <div ref={region} {...focusable} className={cn("min-w-0 overflow-auto focus-visible:-outline-offset-2", regionClassName)}>
      <table {...props} aria-label={label} className={cn("w-full border-separate border-spacing-0 text-left text-sm", className)} />
    </div>
  );
}

export function THead({ className, ...props }: ComponentProps<"thead">) {
  return <thead {...props} className={cn("sticky top-0 z-10 bg-canvas", className)} />;
}

export function TBody(props: ComponentProps<"tbody">) {
  return <tbody {...props} />;
}

export function Tr({ className, ...props }: ComponentProps<"tr">) {
  return <tr {...props} className={cn("group/row transition-colors [tbody_&]:hover:bg-hover", className)} />;
}

export type ThProps = ComponentProps<"th"> & {
  numeric?: boolean;
  /** How the rows are sorted by this column; undefined where that is not possible. */
  sort?: "asc" | "desc" | null;
  onSort?: () => void;
};

const sortIcons = { asc: ArrowUp, desc: ArrowDown, none: ChevronsUpDown };
const sortNames = { asc: "ascending", desc: "descending", none: "none" } as const;

export function Th({ numeric = false, sort, onSort, className, children, ...props }: ThProps) {
  const cell = cn("h-8 border-b px-3 text-xs font-medium whitespace-nowrap text-ink-3", numeric && "text-right", className);
  if (sort === undefined || onSort === undefined) {
    return (
      <th scope="col" {...props} className={cell}>
        {children}
      </th>
    );
  }
  const order = sort ?? "none";
  const Icon = sortIcons[order];
  return (
    <th scope="col" aria-sort={sortNames[order]} {...props} className={cell}>
      <button type="button" onClick={onSort} className={cn("inline-flex h-8 items-center gap-1 hover:text-ink focus-visible:-outline-offset-2 pointer-coarse:h-10", sort && "text-ink", numeric && "flex-row-reverse")}>
        {children}
        <Icon aria-hidden className={cn("size-3", !sort && "opacity-50")} />
      </button>
    </th>
  );
}

/** `numeric` puts figures under each other: right-aligned, monospaced. */
export function Td({ numeric = false, className, ...props }: ComponentProps<"td"> & { numeric?: boolean }) {
  return <td {...props} className={cn("h-10 border-b px-3", numeric && "text-right font-mono whitespace-nowrap", className)} />;
}
