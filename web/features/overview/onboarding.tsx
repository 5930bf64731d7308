"use client";

import { Check, X } from "lucide-react";
import type { ReactNode } from "react";

import { Button, ButtonLink } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { cn } from "@/lib/cn";
import { useFunction } from "@/lib/data/functions";

import type { Progress } from "./use-progress";

/** The way from nothing to a call from outside, with what is done ticked off. */
export function Onboarding({ progress }: { progress: Progress }) {
  const { create, run, call, functionId, dismiss } = progress;
  return (
    <section aria-labelledby="onboarding" className="py-6">
      <div className="flex max-w-3xl items-center justify-between gap-4">
        <h2 id="onboarding" className="text-lg font-medium">
          {run ? "One step left" : "First steps"}
        </h2>
        {run && <Button variant="ghost" size="icon-sm" aria-label="Hide the first steps" onClick={dismiss} icon={<X aria-hidden className="size-4" />} />}
      </div>
      <ol className="mt-2 max-w-3xl divide-y">
        <Step number={1} title="Create a function" done={create} next={!create}>
          <p>Write a handler in Node.js or Python, or start from one that runs.</p>
          <ButtonLink href="/functions/new" variant="primary" className="mt-3">
            Create function
          </ButtonLink>
        </Step>
        <Step number={2} title="Run it" done={run} next={create && !run}>
          <p>Its page has an editor and a Run button. Output, log and timing appear as they happen.</p>
          {functionId !== null && (
            <ButtonLink href={`/functions/${functionId}`} variant="primary" className="mt-3">
              Open the function
            </ButtonLink>
          )}
        </Step>
        <Step number={3} title="Call it from outside" done={call} next={run && !call}>
          <p>Programs sign in with an API key. This step is done when a key has been used.</p>
          <CurlCall functionId={functionId} />
          <ButtonLink href="/keys" variant={run ? "primary" : "secondary"} className="mt-3">
            Create an API key
          </ButtonLink>
        </Step>
      </ol>
    </section>
  );
}

interface StepProps {
  number: number;
  title: string;
  done: boolean;
  /** Whether this is the step to do now; only its content is shown. */
  next: boolean;
  children: ReactNode;
}

function Step({ number, title, done, next, children }: StepProps) {
  return (
    <li className="flex gap-3 py-3" aria-current={next ? "step" : undefined}>
      <span
        aria-hidden="true"
        className={cn(
          "flex size-5 shrink-0 items-center justify-center rounded-full border text-xs",
          done ? "border-transparent bg-success-soft text-success" : next ? "border-ink font-medium" : "border-hairline-strong text-ink-3",
        )}
      >
        {done ? <Check className="size-3" /> : number}
      </span>
      <div className="min-w-0 grow text-sm text-ink-2">
        <h3 className={cn("text-base", next ? "font-medium text-ink" : "text-ink-3")}>
          {title}
          {done && <span className="sr-only"> (done)</span>}
        </h3>
        {next && children}
      </div>
    </li>
  );
}

function CurlCall({ functionId }: { functionId: string | null }) {
  const { fn } = useFunction(functionId);
  if (!fn) return null;
  const call = [
    `curl '${location.origin.replaceAll("'", "%27")}/api/functions/${fn.name}/execute'`,
    `-H "Authorization: Bearer $VOLTRUN_KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '{"input": {"name": "Ada"}}'`,
  ];
  return <CodeBlock code={call.join(" \\\n  ")} className="mt-3 border" />;
}
