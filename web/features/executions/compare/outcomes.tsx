import { Outcome } from "@/components/execution/outcome";
import type { Execution } from "@/lib/api/types";

/** Beside each other, where they are no two values that could be laid over each other. */
export function Outcomes({ a, b }: { a: Execution; b: Execution }) {
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
      {[a, b].map((execution, i) => (
        <div key={i} className="min-w-0">
          <h3 className="pb-2 text-xs text-ink-3">{"AB"[i]}</h3>
          <Outcome execution={execution} />
        </div>
      ))}
    </div>
  );
}
