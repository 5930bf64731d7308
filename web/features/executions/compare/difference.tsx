"use client";

import { useMemo, useState } from "react";

import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/format";
import { diffLines, type DiffLine } from "@/lib/diff/lines";

interface Props {
  label: string;
  a: readonly string[];
  b: readonly string[];
}

/** So many unchanged lines are shown rather than counted. */
const few = 3;
/** How many lines around a change are shown, and how many lines at first. */
const context = 3;
const atFirst = 500;
/** Of texts that cannot be compared so much is shown, in lines. */
const shownPlain = 2000;

/** Two texts in one, with what only A has and what only B has. */
export function Difference({ label, a, b }: Props) {
  const diff = useMemo(() => diffLines(a, b), [a, b]);
  if (a.length === 0 && b.length === 0) return <p className="text-sm text-ink-3">Both are empty.</p>;
  if (diff === null) return <SideBySide label={label} a={a} b={b} />;
  const [removed, added] = [count(diff, "removed"), count(diff, "added")];
  if (removed + added === 0) return <p className="text-sm text-ink-3">Both are the same{a.length > 1 ? `: ${formatCount(a.length)} lines` : ""}.</p>;
  return (
    <>
      <p className="pb-2 text-sm text-ink-3">
        {formatCount(removed)} only in A, {formatCount(added)} only in B
      </p>
      <Changes label={label} diff={diff} />
    </>
  );
}

function count(diff: readonly DiffLine[], kind: DiffLine["kind"]): number {
  return diff.filter((line) => line.kind === kind).length;
}

type Shown = DiffLine | { kind: "hidden"; count: number; at: number };

function Changes({ label, diff }: { label: string; diff: readonly DiffLine[] }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(() => new Set());
  const [most, setMost] = useState(atFirst);
  const lines = useMemo(() => folded(diff, opened), [diff, opened]);
  const rest = lines.length - most;
  return (
    <div className="rounded-md bg-sunken py-1">
      <ol aria-label={`${label}, differences`} tabIndex={0} className="max-h-[32rem] overflow-auto font-mono text-xs leading-5 focus-visible:-outline-offset-2">
        {lines.slice(0, most).map((line, i) =>
          line.kind === "hidden" ? (
            <li key={i}>
              <button type="button" onClick={() => setOpened(new Set(opened).add(line.at))} className="w-full px-3 text-left text-ink-3 hover:bg-hover hover:text-ink">
                … {formatCount(line.count)} unchanged lines
              </button>
            </li>
          ) : (
            <Line key={i} {...line} />
          ),
        )}
      </ol>
      {rest > 0 && (
        <Button size="sm" variant="ghost" onClick={() => setMost(most + 10 * atFirst)}>
          Show {formatCount(Math.min(rest, 10 * atFirst))} more lines
        </Button>
      )}
    </div>
  );
}

const looks = { same: { sign: " ", look: "", name: "" }, removed: { sign: "−", look: "bg-failure-soft", name: "Only in A: " }, added: { sign: "+", look: "bg-success-soft", name: "Only in B: " } };

function Line({ kind, text }: DiffLine) {
  const { sign, look, name } = looks[kind];
  return (
    <li className={cn("flex w-max min-w-full gap-2 px-3 whitespace-pre", look)}>
      <span aria-hidden className={cn("shrink-0", kind === "removed" && "text-failure", kind === "added" && "text-success")}>
        {sign}
      </span>
      <span>
        {name && <span className="sr-only">{name}</span>}
        {text}
      </span>
    </li>
  );
}

/** The lines without those that are far from any change. */
function folded(diff: readonly DiffLine[], opened: ReadonlySet<number>): Shown[] {
  const near = new Uint8Array(diff.length);
  diff.forEach(({ kind }, i) => {
    if (kind !== "same") near.fill(1, Math.max(0, i - context), i + context + 1);
  });
  const shown: Shown[] = [];
  for (let i = 0; i < diff.length; ) {
    const line = diff[i];
    let end = i;
    while (end < diff.length && near[end] === 0) end++;
    if (end - i > few && !opened.has(i)) shown.push({ kind: "hidden", count: end - i, at: i });
    else {
      end = Math.max(end, i + 1);
      shown.push(...(line ? diff.slice(i, end) : []));
    }
    i = end;
  }
  return shown;
}

function SideBySide({ label, a, b }: Props) {
  return (
    <>
      <p className="pb-2 text-sm text-ink-3">They differ in too much to be laid over each other.</p>
      <div className="grid gap-4 lg:grid-cols-2">
        {[a, b].map((lines, i) => (
          <div key={i} className="min-w-0">
            <CodeBlock language={`${label} of ${"AB".charAt(i)}`} code={lines.slice(0, shownPlain).join("\n")} className="max-h-96" />
            {lines.length > shownPlain && <p className="pt-1 text-xs text-ink-3">The first {formatCount(shownPlain)} of {formatCount(lines.length)} lines. All are on its own page.</p>}
          </div>
        ))}
      </div>
    </>
  );
}
