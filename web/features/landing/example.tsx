import type { ReactNode } from "react";

import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";

import { Code } from "./code";
import { PhaseBars } from "./phase-bars";
import { input, logLine, recordings, type Recording } from "./recordings";

/** Which recording is seen is the radio buttons' business alone, so that it works without script. */
const shownWhen: Record<string, string> = {
  nodejs: "hidden group-has-[input[value=nodejs]:checked]/example:block",
  python: "hidden group-has-[input[value=python]:checked]/example:block",
};

export function Example() {
  return (
    <section aria-labelledby="example" className="group/example border-t">
      <div className="flex flex-wrap items-end justify-between gap-4 px-4 pt-10 pb-5 md:px-8">
        <div>
          <h2 id="example" className="text-2xl font-semibold tracking-tight">
            One call, as it is kept
          </h2>
          <p className="max-w-2xl pt-1 text-base text-ink-2">What went in, what came out, what was logged and where the time went: every execution has it.</p>
        </div>
        <fieldset className="inline-flex h-8 rounded-md border border-hairline-strong bg-surface p-px text-sm pointer-coarse:h-10">
          <legend className="sr-only">Language of the example</legend>
          {recordings.map(({ id, language }, i) => (
            <label
              key={id}
              className="relative inline-flex items-center rounded-sm px-3 text-ink-3 transition-colors hover:text-ink has-checked:bg-selected has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-focus"
            >
              <input type="radio" name="example-language" value={id} defaultChecked={i === 0} className="absolute inset-0 cursor-pointer appearance-none opacity-0" />
              {language}
            </label>
          ))}
        </fieldset>
      </div>
      {recordings.map((recording) => (
        <div key={recording.id} className={shownWhen[recording.id]}>
          <RecordedCall recording={recording} />
        </div>
      ))}
    </section>
  );
}

function RecordedCall({ recording }: { recording: Recording }) {
  const { code, file, language, memory, output, phases } = recording;
  const handler = phases.find((phase) => phase.name === "handler")?.ms ?? 0;
  const total = phases.reduce((sum, phase) => sum + phase.ms, 0);
  return (
    <>
      <div className="grid min-w-0 grid-cols-1 border-t lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Part title={file}>
          <Text label={`The function in ${language}`}>
            <Code text={code} />
          </Text>
        </Part>
        <Part title="Input" className="border-t lg:border-t-0 lg:border-l">
          <Text label="Input">{input}</Text>
        </Part>
      </div>
      <div className="grid min-w-0 grid-cols-1 border-t bg-sunken lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Part title="Where the time went">
          <PhaseBars phases={phases} />
          <p className="pt-3 text-xs text-ink-3">
            Recorded on two cores of a virtual machine (AMD EPYC), on a machine nobody had used. {formatDuration(total - handler)} besides the handler, {memory} of
            memory.
          </p>
        </Part>
        <div className="flex min-w-0 flex-col border-t lg:border-t-0 lg:border-l">
          <Part title="Output">
            <Text label="Output">{output}</Text>
          </Part>
          <Part title="Log" className="border-t">
            <Text label="Log">{logLine}</Text>
          </Part>
        </div>
      </div>
    </>
  );
}

function Part({ title, className, children }: { title: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn("min-w-0 px-4 py-4 md:px-8", className)}>
      <h3 className="pb-2 font-mono text-xs text-ink-3">{title}</h3>
      {children}
    </div>
  );
}

function Text({ label, children }: { label: string; children: ReactNode }) {
  return (
    <pre tabIndex={0} aria-label={label} className="overflow-x-auto text-sm leading-6">
      {children}
    </pre>
  );
}
