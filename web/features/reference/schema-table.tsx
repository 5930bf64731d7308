import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table";

import { Inline } from "./prose";
import type { SchemaField } from "./schema";

export interface SchemaTableProps {
  /** What the rows are of: "Body", "Execution". */
  label: string;
  fields: (SchemaField & { in?: string })[];
  /** Whether to say of each row that it has to be there: in requests, not in answers. */
  request?: boolean;
}

/** A schema as a table; on phones the description moves under the name. */
export function SchemaTable({ label, fields, request = false }: SchemaTableProps) {
  return (
    <Table aria-label={label} className="[&_td]:align-top">
      <THead>
        <tr>
          <Th className="pl-0">Name</Th>
          <Th>Type</Th>
          <Th className="hidden sm:table-cell">Description</Th>
        </tr>
      </THead>
      <TBody>
        {fields.map((field) => (
          <Tr key={`${field.in ?? ""} ${field.name}`}>
            <Td className="py-2 pl-0">
              <Name field={field} request={request} />
              <div className="pt-1 sm:hidden">
                <About field={field} />
              </div>
            </Td>
            <Td className="py-2 text-xs leading-5 text-ink-2 sm:whitespace-nowrap">{field.type}</Td>
            <Td className="hidden w-1/2 py-2 sm:table-cell">
              <About field={field} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function Name({ field, request }: { field: SchemaField & { in?: string }; request: boolean }) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-2" style={{ paddingLeft: `${field.depth * 0.75}rem` }}>
      <code className="text-ink [overflow-wrap:anywhere]" title={field.name}>
        {field.name.split(".").at(-1) || "(the value)"}
      </code>
      {field.in !== undefined && <span className="text-xs text-ink-3">{field.in}</span>}
      {request && field.required && <span className="text-xs text-warning">required</span>}
    </span>
  );
}

function About({ field }: { field: SchemaField }) {
  return (
    <div className="flex flex-col gap-0.5 text-ink-2">
      {field.description !== "" && (
        <span className="text-pretty">
          <Inline text={field.description} />
        </span>
      )}
      {field.values.length > 0 && <code className="text-xs text-ink-3">{field.values.join(" | ")}</code>}
      {field.bounds.length > 0 && <span className="text-xs text-ink-3">{field.bounds.join(" · ")}</span>}
    </div>
  );
}
