"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { activateVersion } from "@/lib/data/functions";
import type { FunctionDetail } from "@/lib/api/types";

export interface RollBackProps {
  fn: FunctionDetail;
  number: number;
  unsaved: boolean;
  /** Only the icon on a phone, where it stands in a table. */
  compact?: boolean;
}

/** Makes another version the active one, after asking. Nothing for the one that is active. */
export function RollBack({ fn, number, unsaved, compact = false }: RollBackProps) {
  const [asking, setAsking] = useState(false);
  if (number === fn.version) return null;
  const back = number < fn.version;
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)} icon={<RotateCcw aria-hidden className="size-3.5" />} aria-label={`${back ? "Roll back to" : "Activate"} version ${number}`}>
        <span className={compact ? "max-sm:sr-only" : undefined}>{back ? "Roll back" : "Activate"}</span>
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={back ? `Roll back to version ${number}?` : `Activate version ${number}?`}
        description={`New executions run version ${number} instead of ${fn.version} from now on, with its handler and runtime. No version is deleted.${unsaved ? " What is unsaved in the editor stays there." : ""}`}
        confirmLabel={back ? "Roll back" : "Activate"}
        onConfirm={async () => {
          await activateVersion(fn.id, number);
          toast.success(`Version ${number} is active`);
        }}
      />
    </>
  );
}
