import { useEffect, useRef } from "react";

import { Button } from "@/components/ui/button";

export interface SaveBarProps {
  dirty: boolean;
  pending: boolean;
  disabled?: boolean;
  onDiscard: () => void;
  /** What saving does besides. */
  note?: string;
}

/** Stays in sight at the foot of a form while there is something to save. The form is submitted by it. */
export function SaveBar({ dirty, ...props }: SaveBarProps) {
  const place = useRef<HTMLDivElement>(null);
  const wasDirty = useRef(dirty);
  useEffect(() => {
    // The pressed button is gone: Tab goes on from where it was.
    if (wasDirty.current && !dirty && document.activeElement === document.body) place.current?.focus();
    wasDirty.current = dirty;
  }, [dirty]);
  return (
    <div ref={place} tabIndex={-1} className="sticky bottom-0 z-10 mt-auto outline-none">
      {dirty && <Bar {...props} />}
    </div>
  );
}

function Bar({ pending, disabled = false, onDiscard, note }: Omit<SaveBarProps, "dirty">) {
  return (
    <div className="-mx-4 flex flex-wrap items-center gap-2 border-t bg-canvas px-4 py-3 md:-mx-6 md:px-6">
      {/* On the left, as toasts appear on the right. */}
      <Button type="submit" variant="primary" pending={pending} disabled={disabled}>
        Save changes
      </Button>
      <Button onClick={onDiscard} disabled={pending}>
        Discard
      </Button>
      <p role="status" className="text-sm sm:ml-2 text-ink-3">
        <span className="text-warning">Not saved.</span> {note}
      </p>
    </div>
  );
}
