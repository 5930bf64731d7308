"use client";

import { Terminal } from "lucide-react";
import { Link } from "@/components/ui/link";

import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Popover } from "@/components/ui/popover";
import type { FunctionDetail } from "@/lib/api/types";

import { curlCommand, voltCommand } from "./commands";
import type { TestEventEditing } from "./use-event";
import type { RunMode } from "./use-run";

/** How to call the function from a terminal with the event that is in the editor. */
export function CallIt({ fn, event, mode }: { fn: FunctionDetail; event: TestEventEditing; mode: RunMode }) {
  return (
    <Popover
      aria-label="Call the function from a terminal"
      align="end"
      className="w-[min(36rem,calc(100vw-1rem))]"
      trigger={
        <Button size="sm" variant="ghost" icon={<Terminal aria-hidden className="size-4" />} className="ml-auto">
          Call it
        </Button>
      }
    >
      <Commands fn={fn} event={event} mode={mode} />
    </Popover>
  );
}

function Commands({ fn, event, mode }: { fn: FunctionDetail; event: TestEventEditing; mode: RunMode }) {
  const input = event.problem === null ? event.input() : {};
  const call = { name: fn.name, input, async: mode === "live" };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-2">
        With an <Link href="/keys" className="text-ink underline underline-offset-2">API key</Link> in <code>$VOLTRUN_KEY</code>, and the {event.problem === null ? "event of the editor" : "event {} until that of the editor is JSON"}.
      </p>
      <CodeBlock language="curl" code={curlCommand(location.origin, call)} className="max-h-60" />
      <CodeBlock language="volt" code={voltCommand(location.origin, call)} className="max-h-60" />
    </div>
  );
}
