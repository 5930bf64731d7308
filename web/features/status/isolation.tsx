import { ShieldAlert, ShieldCheck } from "lucide-react";

import { Section } from "@/components/ui/section";
import type { ServerStatus } from "@/lib/api/types";
import { cn } from "@/lib/cn";

/** What stands between a function and this host, and what does not. */
export function Isolation({ isolation }: Pick<ServerStatus, "isolation">) {
  const { driver, summary, strong, fallbacks } = isolation;
  const isolates = driver !== "process";
  const Icon = isolates ? ShieldCheck : ShieldAlert;
  return (
    <Section title="Isolation">
      <div className="flex items-start gap-3">
        <Icon aria-hidden className={cn("mt-0.5 size-5 shrink-0", isolates ? "text-success" : "text-failure")} />
        <div className="min-w-0">
          <p className="text-base text-ink">
            <span className="font-medium">{driver}</span>
            <span className="text-ink-2"> · {summary}</span>
          </p>
          <p className="text-sm text-pretty text-ink-3">{verdict(isolates, strong)}</p>
        </div>
      </div>
      <Fallbacks fallbacks={fallbacks} />
    </Section>
  );
}

function verdict(isolates: boolean, strong: boolean): string {
  if (strong) return "Functions of people who do not trust each other may run here.";
  if (isolates) return "For code of people you trust: a hole in the shared kernel would reach the host.";
  return "Functions run as ordinary processes of this server. Run only your own code here.";
}

/** Each reads "what is missing: what stands in for it". */
function Fallbacks({ fallbacks }: { fallbacks: string[] }) {
  if (fallbacks.length === 0) return <p className="mt-4 text-sm text-ink-2">This host allows every protection that the driver has.</p>;
  return (
    <div className="mt-4">
      <h3 className="text-sm font-medium">What this host does not allow</h3>
      <dl className="mt-2 flex flex-col gap-3 text-sm">
        {fallbacks.map((fallback) => {
          const [missing = "", instead] = fallback.split(/: (.*)/s);
          return (
            <div key={fallback} className="border-l-2 border-warning pl-3">
              <dt className="text-ink first-letter:uppercase">{missing}</dt>
              {instead && <dd className="text-pretty text-ink-3 first-letter:uppercase">{instead}</dd>}
            </div>
          );
        })}
      </dl>
    </div>
  );
}
