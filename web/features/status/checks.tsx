import { Check, X } from "lucide-react";

import { Section } from "@/components/ui/section";
import type { ServerStatus } from "@/lib/api/types";

/** What the readiness probe looks at. */
export function Checks({ checks }: Pick<ServerStatus, "checks">) {
  return (
    <Section title="Readiness" description="What the probe at /readyz looks at. While one fails, a load balancer sends nothing here.">
      <ul className="flex flex-col gap-2 text-sm">
        {checks.map(({ name, ready, message }) => (
          <li key={name} className="flex items-start gap-2">
            {ready ? <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-success" /> : <X aria-hidden className="mt-0.5 size-4 shrink-0 text-failure" />}
            <span className="min-w-0 break-words">
              <span className="inline-block first-letter:uppercase">{name}</span>
              <span className={ready ? "text-ink-3" : "text-failure"}> {ready ? "is ready" : `is not ready: ${message}`}</span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
