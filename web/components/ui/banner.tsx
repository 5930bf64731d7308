import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

const tones = {
  info: { icon: Info, look: "bg-sunken", mark: "text-ink-3" },
  warning: { icon: TriangleAlert, look: "bg-warning-soft", mark: "text-warning" },
  failure: { icon: CircleAlert, look: "bg-failure-soft", mark: "text-failure" },
};

export interface BannerProps {
  tone?: keyof typeof tones;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** Something about the whole page that a person should know before going on. */
export function Banner({ tone = "info", title, children, action, className }: BannerProps) {
  const { icon: Icon, look, mark } = tones[tone];
  return (
    <div role={tone === "failure" ? "alert" : "status"} className={cn("flex items-start gap-2.5 rounded-md px-3 py-2.5 text-sm", look, className)}>
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", mark)} />
      <div className="min-w-0 grow">
        <p className="font-medium text-ink">{title}</p>
        {children && <div className="break-words text-ink-2">{children}</div>}
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  );
}
