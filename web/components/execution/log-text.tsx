import { memo } from "react";

import { hasControl, parseAnsi } from "@/lib/logs/ansi";

export interface LogTextProps {
  text: string;
  /** What is searched for, in lower case; empty when nothing is. */
  query: string;
  /** Only so many characters are drawn. */
  limit: number;
}

/** One line with its colours and the places where the query is. Everything is text to React: nothing of it can become markup. */
export const LogText = memo(function LogText({ text, query, limit }: LogTextProps) {
  const shown = text.length > limit ? text.slice(0, limit) : text;
  if (!hasControl(shown)) return <Found text={shown} query={query} />;
  return parseAnsi(shown).map((span, i) => (
    <span key={i} className={span.className || undefined}>
      <Found text={span.text} query={query} />
    </span>
  ));
});

function Found({ text, query }: { text: string; query: string }) {
  if (query === "") return text;
  const parts: { text: string; found: boolean }[] = [];
  const lower = text.toLowerCase();
  // A few letters change their length in lower case; then places do not fit and the line is left unmarked.
  if (lower.length !== text.length) return text;
  let from = 0;
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, from)) {
    parts.push({ text: text.slice(from, at), found: false }, { text: text.slice(at, at + query.length), found: true });
    from = at + query.length;
  }
  if (from === 0) return text;
  parts.push({ text: text.slice(from), found: false });
  return parts.map((part, i) =>
    part.found ? (
      <mark key={i} className="rounded-xs bg-accent text-accent-ink">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
