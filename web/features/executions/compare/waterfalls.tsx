import { Waterfall } from "@/components/execution/waterfall";
import type { Execution } from "@/lib/api/types";

export function Waterfalls({ a, b }: { a: Execution; b: Execution }) {
  const total = Math.max(...[a, b].map(({ phases }) => phases.reduce((sum, phase) => sum + phase.ms, 0)));
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
      {[a, b].map((execution, i) => (
        <div key={i} className="min-w-0">
          <h3 className="pb-2 text-xs text-ink-3">{"AB"[i]}</h3>
          {execution.phases.length === 0 ? <p className="text-sm text-ink-3">No phases are known.</p> : <Waterfall phases={execution.phases} total={total} />}
        </div>
      ))}
    </div>
  );
}
