"use client";

import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import type { NewApiKey } from "@/lib/api/types";
import { useFunctions } from "@/lib/data/functions";

import { exampleCall } from "./example-call";

// Not on the button: a second press of Enter would close what is shown this once.
const focus = (element: HTMLElement | null) => element?.focus();

/** The key itself, and a call with it. Only saying that it is stored leads on. */
export function KeyOnce({ created, onStored }: { created: NewApiKey; onStored: () => void }) {
  const { functions } = useFunctions({ pageSize: 1 });
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">{created.name}</h3>
        <div className="flex items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-3">
          <div ref={focus} role="group" tabIndex={-1} aria-label="The key" className="min-w-0 grow rounded-xs">
            <code className="text-sm break-all select-all">{created.key}</code>
          </div>
          <CopyButton value={created.key} label="Copy the key" />
        </div>
      </div>
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">Try it</h3>
        <CodeBlock code={exampleCall(location.origin, created.key, created.scopes, functions?.[0]?.name)} />
      </div>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onStored}>
          I have stored it
        </Button>
      </div>
    </div>
  );
}
