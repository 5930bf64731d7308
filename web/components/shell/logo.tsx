import { cn } from "@/lib/cn";

/** The mark: a bolt cut out of a square. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className={cn("size-5", className)}>
      <rect width="20" height="20" rx="4" className="fill-accent" />
      <path d="M11.6 3 5 11.4h4.1L8.4 17 15 8.6h-4.1z" className="fill-accent-ink" />
    </svg>
  );
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 text-base font-semibold tracking-tight text-ink">
      <Mark />
      VoltRun
    </span>
  );
}
