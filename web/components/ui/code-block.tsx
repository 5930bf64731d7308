import { CopyButton } from "@/components/ui/copy-button";
import { cn } from "@/lib/cn";

export interface CodeBlockProps {
  code: string;
  /** Named above the code: "bash", "Node.js". */
  language?: string;
  /** Whether it can be copied; it can by default. */
  copy?: boolean;
  /** Breaks long lines instead of scrolling sideways. */
  wrap?: boolean;
  /** For the box: a maximal height, for example. */
  className?: string;
}

/** Text to read and copy, as it is. */
export function CodeBlock({ code, language, copy = true, wrap = false, className }: CodeBlockProps) {
  return (
    <div className={cn("relative flex min-w-0 flex-col overflow-hidden rounded-md bg-sunken text-sm", className)}>
      {language && <div className="px-3 pt-2 text-xs text-ink-3">{language}</div>}
      <pre
        role="group"
        aria-label={language ? `Code, ${language}` : "Code"}
        tabIndex={0}
        className={cn("min-h-0 overflow-auto px-3 py-2 focus-visible:-outline-offset-2", copy && "pr-11", wrap ? "break-words whitespace-pre-wrap" : "whitespace-pre")}
      >
        <code>{code}</code>
      </pre>
      {copy && <CopyButton value={code} label="Copy the code" className="absolute top-1 right-1 bg-sunken shadow-[0_0_0_4px_var(--sunken)]" />}
    </div>
  );
}
