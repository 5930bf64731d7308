"use client";

import { Play, Square } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

import type { Run } from "./use-run";

/** Most executions are over before anybody could cancel them: for those the button stays as it is. */
const slow = 300;

/** Runs, and cancels what takes a while. */
export function RunButton({ run, onRun, className }: { run: Run; onRun: () => void; className?: string }) {
  const cancels = useLasting(run.running);
  const [stopping, setStopping] = useState(false);
  const stop = async () => {
    setStopping(true);
    await run.stop();
    setStopping(false);
  };
  const looks = cn("min-w-24", className);
  if (cancels) {
    return (
      <Button variant="danger" onClick={stop} pending={stopping} icon={<Square aria-hidden className="size-4" />} className={looks}>
        {run.starting === "wait" ? "Stop waiting" : "Cancel"}
      </Button>
    );
  }
  return (
    <Button variant="primary" onClick={onRun} pending={run.running} icon={<Play aria-hidden className="size-4" />} className={looks}>
      Run
    </Button>
  );
}

/** True once `on` has been true for a while. */
function useLasting(on: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setLasting(true), slow);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [on]);
  return lasting;
}
