import { Flame, RotateCcw, Snowflake } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import type { ExecutionSummary } from "@/lib/api/types";

type Start = NonNullable<ExecutionSummary["start"]>;

const looks = {
  cold: { icon: Snowflake, label: "Cold", meaning: "A machine was started for this execution" },
  warm: { icon: Flame, label: "Warm", meaning: "A machine that this function had used before" },
  restored: { icon: RotateCcw, label: "Restored", meaning: "A machine restored from a snapshot" },
} satisfies Record<Start, object>;

/** How the machine of an execution came to be; nothing while there is none. */
export function StartBadge({ start }: { start: ExecutionSummary["start"] }) {
  if (start === null) return null;
  const { icon: Icon, label, meaning } = looks[start];
  return (
    <Badge title={meaning}>
      <Icon aria-hidden />
      {label}
    </Badge>
  );
}
