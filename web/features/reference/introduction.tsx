"use client";

import { Banner } from "@/components/ui/banner";
import { CodeBlock } from "@/components/ui/code-block";

import type { Reference } from "./document";
import { Prose } from "./prose";
import { SchemaTable } from "./schema-table";

/** What holds for every operation. `missing` is what the address asked for and the document does not have. */
export function Introduction({ reference, missing }: { reference: Reference; missing: string | null }) {
  return (
    <div className="flex flex-col gap-6">
      {missing !== null && <Banner tone="warning" title={`There is no operation ${missing}`}>This server may be older or newer than the link.</Banner>}
      <section aria-labelledby="about" className="flex flex-col gap-3">
        <h2 id="about" className="text-base font-medium">
          {reference.title}
        </h2>
        <Prose text={reference.description} />
      </section>
      <section aria-labelledby="base" className="flex flex-col gap-3">
        <h2 id="base" className="text-base font-medium">
          Address
        </h2>
        <CodeBlock code={location.origin} className="max-w-xl" />
      </section>
      <section aria-labelledby="problems" className="flex flex-col gap-3">
        <h2 id="problems" className="text-base font-medium">
          Problem
        </h2>
        <SchemaTable label="Problem" fields={reference.problem} />
      </section>
    </div>
  );
}
