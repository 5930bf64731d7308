import { record, Schemas, text, type Json, type SchemaField } from "./schema";

export interface Parameter extends SchemaField {
  in: string;
}

export interface Answer {
  /** "200", or "200, 202" where both answer the same. */
  status: string;
  description: string;
  contentType: string;
  /** The name of what is answered: "Execution"; empty when there is no body. */
  type: string;
  fields: SchemaField[];
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  /** Who may call it. */
  access: string;
  description: string;
  parameters: Parameter[];
  body: { type: string; required: boolean; fields: SchemaField[]; example: unknown } | null;
  /** What it answers when it succeeds. */
  answers: Answer[];
  /** The statuses of its problems, with what each stands for. */
  problems: { status: string; description: string }[];
  needsToken: boolean;
  isWebSocket: boolean;
}

export interface Reference {
  title: string;
  description: string;
  groups: { name: string; operations: Operation[] }[];
  /** The body of every answer that is not 2xx. */
  problem: SchemaField[];
}

const methods = ["get", "post", "put", "patch", "delete"];

/** Reads the server's OpenAPI document. */
export function readReference(document: unknown): Reference {
  const root = record(document) ?? {};
  const schemas = new Schemas(record(record(root.components)?.schemas) ?? {});
  const groups = new Map<string, Operation[]>();
  for (const [path, item] of Object.entries(record(root.paths) ?? {})) {
    for (const method of methods) {
      const found = record(record(item)?.[method]);
      if (found === null) continue;
      const tag = Array.isArray(found.tags) ? text(found.tags[0]) : "";
      groups.set(tag, [...(groups.get(tag) ?? []), readOperation(method, path, found, schemas)]);
    }
  }
  const info = record(root.info) ?? {};
  return {
    title: text(info.title),
    description: text(info.description),
    groups: [...groups].map(([name, operations]) => ({ name, operations })),
    problem: schemas.fields({ $ref: "#/components/schemas/Problem" }),
  };
}

function readOperation(method: string, path: string, from: Json, schemas: Schemas): Operation {
  // The first line says who may call.
  const [access = "", ...rest] = text(from.description).split("\n");
  const answers = Object.entries(record(from.responses) ?? {}).map(([status, answer]) => readAnswer(status, record(answer) ?? {}, schemas));
  return {
    id: text(from.operationId) || `${method}-${path}`,
    method: method.toUpperCase(),
    path,
    summary: text(from.summary),
    access,
    description: rest.join("\n"),
    parameters: (Array.isArray(from.parameters) ? from.parameters : []).map((p) => readParameter(record(p) ?? {}, schemas)),
    body: readBody(record(from.requestBody), schemas),
    answers: merged(answers.filter((a) => a.status < "400")),
    problems: answers.filter((a) => a.status >= "400").map(({ status, description }) => ({ status, description })),
    needsToken: Array.isArray(from.security) && from.security.some((s) => record(s)?.bearer !== undefined),
    isWebSocket: answers.some((a) => a.status === "101"),
  };
}

function readParameter(from: Json, schemas: Schemas): Parameter {
  const [field] = schemas.fields(from.schema);
  return {
    name: text(from.name),
    in: text(from.in),
    depth: 0,
    type: field?.type ?? "any",
    required: from.required === true,
    description: text(from.description) || (field?.description ?? ""),
    bounds: field?.bounds ?? [],
    values: field?.values ?? [],
  };
}

function readBody(from: Json | null, schemas: Schemas): Operation["body"] {
  if (from === null) return null;
  const { schema } = content(from);
  return { type: schemas.type(schema), required: from.required === true, fields: schemas.fields(schema), example: schemas.example(schema) };
}

function readAnswer(status: string, from: Json, schemas: Schemas): Answer {
  const { contentType, schema } = content(from);
  const empty = schema === undefined;
  return { status, description: text(from.description), contentType, type: empty ? "" : schemas.type(schema), fields: empty ? [] : schemas.fields(schema) };
}

/** Answers of one type are shown once. */
function merged(answers: Answer[]): Answer[] {
  const byType = new Map<string, Answer>();
  for (const answer of answers) {
    const same = byType.get(`${answer.type} ${answer.contentType}`);
    if (same === undefined || answer.type === "") byType.set(answer.type === "" ? answer.status : `${answer.type} ${answer.contentType}`, answer);
    else same.status += `, ${answer.status}`;
  }
  return [...byType.values()];
}

function content(from: Json): { contentType: string; schema: unknown } {
  const [[contentType, media] = ["", undefined]] = Object.entries(record(from.content) ?? {});
  return { contentType, schema: record(media)?.schema };
}

/** The operations that hold every word of the query in what they are called; groups that are left empty are left out. */
export function search(groups: Reference["groups"], query: string): Reference["groups"] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map(({ name, operations }) => ({
      name,
      operations: operations.filter((o) => {
        const about = `${name} ${o.method} ${o.path} ${o.summary} ${o.id}`.toLowerCase();
        return words.every((word) => about.includes(word));
      }),
    }))
    .filter(({ operations }) => operations.length > 0);
}

/** The operation as a call of curl; what stands in angle brackets is to be filled in. */
export function curl(operation: Operation, origin: string): string {
  const path = operation.path.replaceAll("{", "<").replaceAll("}", ">");
  const query = operation.parameters.filter((p) => p.in === "query" && p.required).map((p) => `${p.name}=<${p.name}>`);
  const parts = [`curl '${origin}${path}${query.length > 0 ? `?${query.join("&")}` : ""}'`];
  if (operation.method !== (operation.body === null ? "GET" : "POST")) parts[0] = `${parts[0]} -X ${operation.method}`;
  if (operation.needsToken) parts.push(`-H "Authorization: Bearer $VOLTRUN_KEY"`);
  if (operation.body !== null) parts.push(`-H "Content-Type: application/json"`, `-d '${JSON.stringify(operation.body.example, null, 2).replaceAll("'", "'\\''")}'`);
  return parts.join(" \\\n  ");
}
