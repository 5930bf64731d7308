"use client";

import { ChevronRight, Download } from "lucide-react";
import { useMemo, useState } from "react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { jsonLimits, readJson, type JsonBranch, type JsonLeaf, type JsonNode } from "@/components/ui/json-tree";
import { Segmented } from "@/components/ui/segmented";
import { cn } from "@/lib/cn";
import { downloadText } from "@/lib/download";
import { formatBytes, formatCount } from "@/lib/format";

export type JsonViewProps = {
  /** Names what is shown: "Output". */
  label: string;
  /** For the download. */
  fileName?: string;
  /** For the box: a maximal height, for example. */
  className?: string;
} & ({ /** The text as it came, which keeps long numbers exact. */ raw: string } | { /** A decoded value. */ value: unknown });

/** JSON to read: a tree that folds, the raw text, copy and download. What is too large for a tree is offered as text. */
export function JsonView({ label, fileName = "value.json", className, ...source }: JsonViewProps) {
  const given = "raw" in source ? source.raw : source.value;
  const isRaw = "raw" in source;
  const text = useMemo(() => (isRaw ? String(given) : (JSON.stringify(given, null, 2) ?? "undefined")), [given, isRaw]);
  const tree = useMemo(() => readJson(text), [text]);
  const bytes = useMemo(() => new TextEncoder().encode(text).length, [text]);
  const [view, setView] = useState<"tree" | "raw">("tree");
  const [showLarge, setShowLarge] = useState(false);
  const readable = "root" in tree;
  const large = !readable && tree.refused === "large";

  return (
    <div className={cn("flex min-w-0 flex-col overflow-hidden rounded-md bg-sunken text-sm", className)}>
      <div className="flex items-center gap-1 py-1 pr-1 pl-3">
        <span className="grow text-xs text-ink-3">{formatBytes(bytes)}</span>
        {readable && (
          <Segmented
            aria-label={`View of ${label}`}
            value={view}
            onValueChange={setView}
            options={[
              { value: "tree", label: "Pretty" },
              { value: "raw", label: "Raw" },
            ]}
          />
        )}
        <Button variant="ghost" size="icon-sm" aria-label={`Download ${label}`} icon={<Download aria-hidden className="size-4" />} onClick={() => downloadText(text, fileName, "application/json")} />
        <CopyButton value={text} label={`Copy ${label}`} />
      </div>
      <div role="group" aria-label={label} tabIndex={0} className="min-h-0 overflow-auto px-3 pb-2 font-mono focus-visible:-outline-offset-2">
        {readable && view === "tree" ? (
          <Value node={tree.root} name={null} depth={0} openAll={tree.nodes <= few} last />
        ) : large && !showLarge ? (
          <div className="flex flex-wrap items-center gap-2 py-2 font-sans text-ink-2">
            <p>Too large to show as a tree.</p>
            <Button size="sm" onClick={() => setShowLarge(true)}>
              Show raw
            </Button>
          </div>
        ) : (
          <RawText text={text} />
        )}
      </div>
    </div>
  );
}

/** Characters that turn the direction of what follows would show a value as another: they are shown as their escapes. */
function visible(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function RawText({ text }: { text: string }) {
  const rest = text.length - jsonLimits.chars;
  return (
    <>
      <pre className="break-words whitespace-pre-wrap">{visible(text.slice(0, jsonLimits.chars))}</pre>
      {rest > 0 && <p className="pt-2 font-sans text-ink-3">{formatCount(rest)} more characters. Download it to see all.</p>}
    </>
  );
}

// Up to this many values everything is open at first, beyond it two levels.
const few = 200;
// Children are put on the page by so many.
const page = 100;
// A string is cut at so many characters until asked for.
const longString = 2000;

interface ValueProps {
  node: JsonNode;
  /** The quoted key, null in arrays and at the root. */
  name: string | null;
  depth: number;
  openAll: boolean;
  /** Whether no sibling follows, and so no comma. */
  last: boolean;
}

function Value({ node, ...props }: ValueProps) {
  if ("entries" in node && node.entries.length > 0) return <Branch node={node} {...props} />;
  const end = props.last ? "" : ",";
  return (
    <div className={cn("break-words whitespace-pre-wrap", props.depth > 0 && "pl-4")}>
      <Name name={props.name} />
      {"entries" in node ? <Mark>{node.kind === "object" ? "{}" : "[]"}</Mark> : <Leaf node={node} />}
      <Mark>{end}</Mark>
    </div>
  );
}

function Branch({ node, name, depth, openAll, last }: Omit<ValueProps, "node"> & { node: JsonBranch }) {
  const [open, setOpen] = useState(openAll || depth < 2);
  const [shown, setShown] = useState(page);
  const [opening, closing] = node.kind === "object" ? ["{", "}"] : ["[", "]"];
  const count = node.entries.length;
  const end = closing + (last ? "" : ",");
  return (
    <div>
      <div className="flex items-start">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${name ?? "Value"}, ${formatCount(count)} ${node.kind === "object" ? "keys" : "items"}`}
          onClick={() => setOpen(!open)}
          className="relative grid h-5 w-4 shrink-0 place-items-center rounded-xs text-ink-3 hover:text-ink focus-visible:outline-offset-0 pointer-coarse:after:absolute pointer-coarse:after:-inset-x-3 pointer-coarse:after:-inset-y-1"
        >
          <ChevronRight aria-hidden className={cn("size-3", open && "rotate-90")} />
        </button>
        <span className="min-w-0 break-words whitespace-pre-wrap">
          <Name name={name} />
          <Mark>{open ? opening : `${opening} ${formatCount(count)} ${end}`}</Mark>
        </span>
      </div>
      {open && (
        <>
          <div className="ml-1.5 border-l pl-2.5">
            {node.entries.slice(0, shown).map((entry, i) => (
              <Value key={i} node={entry.value} name={entry.key} depth={depth + 1} openAll={openAll} last={i === count - 1} />
            ))}
            {count > shown && (
              <Button variant="ghost" size="sm" className="font-sans" onClick={() => setShown(shown + page)}>
                {`Show ${formatCount(Math.min(page, count - shown))} more of ${formatCount(count)}`}
              </Button>
            )}
          </div>
          <div className="pl-4">
            <Mark>{end}</Mark>
          </div>
        </>
      )}
    </div>
  );
}

function Leaf({ node }: { node: JsonLeaf }) {
  const [whole, setWhole] = useState(false);
  if (node.kind !== "string") return <span className="text-ink-2">{node.text}</span>;
  const rest = node.text.length - longString;
  if (rest <= 0 || whole) return <span className="text-ink">{visible(node.text)}</span>;
  return (
    <span className="text-ink">
      {visible(node.text.slice(0, longString))}…{" "}
      <Button variant="ghost" size="sm" className="font-sans" onClick={() => setWhole(true)}>
        {`Show ${formatCount(rest)} more characters`}
      </Button>
    </span>
  );
}

function Name({ name }: { name: string | null }) {
  if (name === null) return null;
  return (
    <>
      <span className="text-ink-3">{visible(name)}</span>
      <Mark>: </Mark>
    </>
  );
}

function Mark({ children }: { children: string }) {
  return children === "" ? null : <span className="text-ink-3">{children}</span>;
}
