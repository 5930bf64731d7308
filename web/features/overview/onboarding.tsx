"use client";

import { Check, X } from "lucide-react";
import type { ReactNode } from "react";

import { Button, ButtonLink } from "@/components/ui/button";
import { cn } from "@/lib/cn";

import type { Progress } from "./use-progress";

/** The way from nothing to a call from outside: whole while it is all there is to see, one line once figures stand below it. */
export function Onboarding({ progress }: { progress: Progress }) {
  return progress.run ? <LastStep progress={progress} /> : <FirstSteps progress={progress} />;
}

function LastStep({ progress }: { progress: Progress }) {
  return (
    <section aria-label="First steps" className="flex items-center gap-3 border-b py-2 text-sm text-ink-2">
      <p className="grow">
        <span className="max-sm:hidden">One step left: </span>
        <span className="text-ink max-sm:first-letter:uppercase max-sm:inline-block">call a function from outside</span>
        <span className="max-sm:hidden">, with an API key. Every function’s page has the command to copy.</span>
      </p>
      <ButtonLink href="/keys" size="sm">
        Create an API key
      </ButtonLink>
      <Button variant="ghost" size="icon-sm" aria-label="Hide the last step" onClick={progress.dismiss} icon={<X aria-hidden className="size-4" />} />
    </section>
  );
}

function FirstSteps({ progress }: { progress: Progress }) {
  const { create, functionId } = progress;
  return (
    <section aria-labelledby="onboarding" className="py-6">
      <h2 id="onboarding" className="text-lg font-medium">
        First steps
      </h2>
      <ol className="mt-2 max-w-3xl divide-y">
        <Step number={1} title="Create a function" done={create} next={!create}>
          <p>Write a handler in Node.js or Python, or start from one that runs.</p>
          <ButtonLink href="/functions/new" variant="primary" className="mt-3">
            Create function
          </ButtonLink>
        </Step>
        <Step number={2} title="Run it" done={false} next={create}>
          <p>Its page has an editor and a Run button. Output, log and timing appear as they happen.</p>
          {functionId !== null && (
            <ButtonLink href={`/functions/${functionId}`} variant="primary" className="mt-3">
              Open the function
            </ButtonLink>
          )}
        </Step>
        <Step number={3} title="Call it from outside" done={false} next={false}>
          <p>Programs sign in with an API key.</p>
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
