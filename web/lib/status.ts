import { Ban, Check, Clock, Hourglass, Loader, X, type LucideIcon } from "lucide-react";

import type { ExecutionStatus } from "@/lib/api/types";

/** How a status looks wherever it is shown. Colour is never the only sign: icon and label go with it. */
export interface StatusLook {
  label: string;
  icon: LucideIcon;
  text: string;
  soft: string;
  fill: string;
  live: boolean;
}

const looks: Record<ExecutionStatus, StatusLook> = {
  pending: { label: "Pending", icon: Clock, text: "text-idle", soft: "bg-idle-soft", fill: "bg-idle", live: true },
  running: { label: "Running", icon: Loader, text: "text-running", soft: "bg-running-soft", fill: "bg-accent", live: true },
  success: { label: "Success", icon: Check, text: "text-success", soft: "bg-success-soft", fill: "bg-success", live: false },
  failed: { label: "Failed", icon: X, text: "text-failure", soft: "bg-failure-soft", fill: "bg-failure", live: false },
  timeout: { label: "Timed out", icon: Hourglass, text: "text-warning", soft: "bg-warning-soft", fill: "bg-warning", live: false },
  canceled: { label: "Canceled", icon: Ban, text: "text-idle", soft: "bg-idle-soft", fill: "bg-idle", live: false },
};

export const statuses = Object.keys(looks) as ExecutionStatus[];

export function statusLook(status: ExecutionStatus): StatusLook {
  return looks[status];
}

/** Whether the execution can still change. */
export function isLive(status: ExecutionStatus): boolean {
  return looks[status].live;
}
