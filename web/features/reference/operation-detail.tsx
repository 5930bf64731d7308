"use client";

import type { ReactNode } from "react";

import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";

import { curl, type Operation } from "./document";
import { Method } from "./method";
import { Inline, Prose } from "./prose";
import { SchemaTable } from "./schema-table";

export function OperationDetail({ operation }: { operation: Operation }) {
  const { id, method, path, summary, access, description, parameters, body, isWebSocket } = operation;
  return (
    <article className="flex flex-col gap-6">
      <header className="flex flex-col gap-2">
        <div className="flex items-center gap-1">
          <h2 className="text-lg font-medium">{summary}</h2>
          <CopyButton value={`${location.origin}/reference?operation=${id}`} label="Copy the link to this operation" />
        </div>
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm">
          <Method method={isWebSocket ? "WS" : method} className="text-xs" />
          <code className="[overflow-wrap:anywhere]">{path}</code>
          <CopyButton value={path} label="Copy the path" />
        </p>
        <p className="text-sm text-ink-2">
          <Inline text={access} />
        </p>
        {description !== "" && <Prose text={description} />}
      </header>
      {!isWebSocket && <CodeBlock language="curl" code={curl(operation, location.origin)} />}
      {parameters.length > 0 && (
        <Part title="Parameters">
          <SchemaTable label="Parameters" fields={parameters} request />
        </Part>
      )}
      {body !== null && (
        <Part title="Body" meta={body.required ? body.type : `${body.type}, may be left out`}>
          <SchemaTable label="Body" fields={body.fields} request />
        </Part>
      )}
      <Answers operation={operation} />
    </article>
  );
}

function Answers({ operation }: { operation: Operation }) {
  return (
    <>
      {operation.answers.map(({ status, description, contentType, type, fields }) => (
        <Part key={status} title={isMessage(status) ? "Messages" : `Answer ${status}`} meta={type === "" ? description : `${type} · ${contentType}`}>
          {fields.length > 0 && <SchemaTable label={`Answer ${status}`} fields={fields} />}
        </Part>
      ))}
      {operation.problems.length > 0 && (
        <Part title="Problems" meta="application/problem+json">
          <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
            {operation.problems.map(({ status, description }) => (
              <li key={status}>
                <code className="text-ink">{status}</code> {description}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function isMessage(status: string): boolean {
  return status === "101";
}

function Part({ title, meta, children }: { title: string; meta?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="text-base font-medium">{title}</h3>
        {meta && <span className="text-sm text-ink-3">{meta}</span>}
      </div>
      {children}
    </section>
  );
}
