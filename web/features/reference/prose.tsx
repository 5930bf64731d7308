import { Fragment } from "react";

/** Text of the document: blank lines part paragraphs, backticks mark code. */
export function Prose({ text }: { text: string }) {
  return (
    <div className="flex max-w-3xl flex-col gap-2 text-sm text-pretty text-ink-2">
      {text.split(/\n{2,}/).map((paragraph, i) => (
        <p key={i}>
          <Inline text={paragraph} />
        </p>
      ))}
    </div>
  );
}

/** One line of it. */
export function Inline({ text }: { text: string }) {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : <Fragment key={i}>{part}</Fragment>));
}
