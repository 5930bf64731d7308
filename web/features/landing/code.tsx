// Comments, strings and keywords of JavaScript and Python: enough for two examples, and no highlighter to load.
const token = /(#[^\n]*|\/\/[^\n]*)|(`[^`]*`|f?"[^"\n]*"|'[^'\n]*')|\b(export|const|async|return|def|for|in|import|await)\b/g;

export function Code({ text }: { text: string }) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, comment, string] = match;
    parts.push(text.slice(end, match.index));
    const look = comment ? "text-ink-3" : string ? "text-accent-text" : "text-ink-3";
    parts.push(
      <span key={match.index} className={look}>
        {whole}
      </span>,
    );
    end = match.index + whole.length;
  }
  return (
    <code>
      {parts}
      {text.slice(end)}
    </code>
  );
}
