import { CopyButton } from "@/components/ui/copy-button";
import { JsonView } from "@/components/ui/json-view";
import { sentence } from "@/lib/api/problem";
import type { Execution } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { frameOf } from "@/lib/stack";
import { isLive, statusLook } from "@/lib/status";

export interface OutcomeProps {
  execution: Execution;
  /** Makes the frames of the function's own code lead to it: `file` is its path in the code, `line` counts from 1. */
  onFrame?: (file: string, line: number) => void;
  className?: string;
}

/** What came of an execution: what the handler returned, or why it did not. */
export function Outcome({ execution, onFrame, className }: OutcomeProps) {
  const { status, error, output, id } = execution;
  if (isLive(status)) return <p className="text-sm text-ink-3">The output appears here once the function returns.</p>;
  if (status === "success") return <JsonView label="output" fileName={`${id}-output.json`} value={output} className={cn("max-h-[32rem]", className)} />;
  if (error === null) return <p className="text-sm text-ink-3">{statusLook(status).label} before the function returned anything.</p>;
  return <Failure error={error} tone={statusLook(status).text} onFrame={onFrame} className={className} />;
}

type Failed = NonNullable<Execution["error"]>;

function Failure({ error, tone, onFrame, className }: { error: Failed; tone: string; className?: string } & Pick<OutcomeProps, "onFrame">) {
  const { type, message } = error;
  const title = `${type}: ${message}`;
  // The trace of Node.js begins by saying once more what has just been said, that of a syntax error twice.
  const stack = without(without(error.stack, title), message);
  return (
    <div className={cn("relative flex min-w-0 flex-col gap-2 rounded-md bg-sunken px-3 py-2.5", className)}>
      <CopyButton value={[title, ...stack].join("\n")} label="Copy the error" className="absolute top-1 right-1" />
      <p className={cn("pr-9 font-mono text-sm font-medium break-words", tone)}>{type}</p>
      <Message text={platform.test(type) ? sentence(message) : message} />
      {stack.length > 0 && (
        <ol aria-label="Stack trace" tabIndex={0} className="max-h-80 overflow-auto font-mono text-xs leading-5 whitespace-pre text-ink-3">
          {stack.map((line, i) => (
            <li key={i}>
              <StackLine line={line} onFrame={onFrame} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The lines that follow those of a text, when they begin with it. */
function without(lines: string[], text: string): string[] {
  const first = text.split("\n");
  return first.every((line, i) => lines[i] === line) ? lines.slice(first.length) : lines;
}

/** The types of errors whose messages are the server's and not the function's. */
const platform = /^(Runtime|Sandbox|Execution|Function|platform)\./;

/** Messages up to this length, in characters, are shown whole at any width. */
const short = 300;

function Message({ text }: { text: string }) {
  const look = "text-sm break-words whitespace-pre-wrap text-ink";
  if (text.length <= short) return <p className={look}>{text}</p>;
  return (
    <div role="group" aria-label="Message" tabIndex={0} className={cn(look, "max-h-60 overflow-y-auto rounded-xs")}>
      {text}
    </div>
  );
}

function StackLine({ line, onFrame }: { line: string } & Pick<OutcomeProps, "onFrame">) {
  const frame = frameOf(line);
  if (frame === null) return line;
  const { before, place, after, file, line: number } = frame;
  return (
    <span className="text-ink">
      {before}
      {onFrame ? (
        <button type="button" title={`Open ${file}, line ${number}`} onClick={() => onFrame(file, number)} className="rounded-xs underline decoration-hairline-strong underline-offset-2 hover:decoration-current">
          {place}
        </button>
      ) : (
        place
      )}
      {after}
    </span>
  );
}
