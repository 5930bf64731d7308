import { CodeBlock } from "@/components/ui/code-block";
import type { Runtime } from "@/lib/api/types";
import { formatDuration } from "@/lib/format";

import { codeOf } from "./create-from-template";
import type { Template } from "./templates";

/** What will be created: the code, what it is tried with, and what differs from the defaults. */
export function Preview({ template, runtime }: { template: Template; runtime: Runtime }) {
  const extras = extrasOf(template);
  return (
    <section aria-label="What will be created" className="flex min-w-0 flex-col gap-4">
      <div>
        <h2 className="pb-1 font-mono text-xs text-ink-3">{runtime.default_file}</h2>
        <CodeBlock code={codeOf(template, runtime)} className="max-h-128 border" />
      </div>
      <div>
        <h2 className="pb-1 text-xs text-ink-3">Example input, kept as a test event</h2>
        <CodeBlock code={JSON.stringify(template.input, null, 2)} className="max-h-64 border" />
      </div>
      {extras.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm text-ink-2">
          {extras.map((extra) => (
            <li key={extra}>{extra}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function extrasOf({ settings = {}, secrets = [] }: Template): string[] {
  const extras = Object.entries(settings.env ?? {}).map(([name, value]) => `Variable ${name} = ${value}`);
  extras.push(...secrets.map((name) => `Secret ${name}: made up at random, replace it under Environment`));
  if (settings.memory_mb) extras.push(`Memory ${settings.memory_mb} MB, and the share of a CPU that goes with it`);
  if (settings.timeout_ms) extras.push(`Time limit ${formatDuration(settings.timeout_ms)}`);
  return extras;
}
