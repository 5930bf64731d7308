import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

import { ButtonLink } from "@/components/ui/button";

/** Above one version or a comparison: the way back to all of them, what it is, and what can be done. */
export function VersionBar({ path, title, children }: { path: string; title: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2 pb-4">
      <ButtonLink size="icon-sm" variant="ghost" href={path} aria-label="All versions" icon={<ArrowLeft aria-hidden className="size-4" />} className="-ml-1.5" />
      <h2 className="mr-auto flex items-center gap-2 text-base font-medium">{title}</h2>
      {children}
    </div>
  );
}
