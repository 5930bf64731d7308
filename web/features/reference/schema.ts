/** One line of the table of a schema. */
export interface SchemaField {
  /** The path inside the schema: "error.message", "items[].id"; empty for the schema itself. */
  name: string;
  depth: number;
  /** "string · date-time", "array of Phase", "integer or null". */
  type: string;
  required: boolean;
  description: string;
  /** "1 to 200", "at most 64 characters", "default 50". */
  bounds: string[];
  /** The values that are possible; empty when any of the type is. */
  values: string[];
}

export type Json = Record<string, unknown>;

const deepest = 5;
const prefix = "#/components/schemas/";

/** Reads the schemas of an OpenAPI document. What it does not know is left out, never trusted. */
export class Schemas {
  constructor(private readonly named: Json) {}

  /** The schema as lines, what is nested under what holds it. A schema that holds itself is named and not repeated. */
  fields(schema: unknown): SchemaField[] {
    const { target, names } = this.resolve(schema);
    const object = inner(target);
    const properties = record(this.resolve(object).target.properties);
    if (properties === null) return [this.field("", 0, schema, true)];
    return this.properties(object, 0, "", names);
  }

  /** "Execution", "array of Phase", "string or null". */
  type(schema: unknown): string {
    const { target, names } = this.resolve(schema);
    const types = (Array.isArray(target.type) ? target.type : [target.type]).filter((t): t is string => typeof t === "string");
    const main = types.find((t) => t !== "null");
    const orNull = types.includes("null") ? " or null" : "";
    if (main === "array") return `array of ${this.type(target.items)}${orNull}`;
    const name = names.at(-1);
    if (name !== undefined) return name + orNull;
    if (main === "object" && record(target.additionalProperties) && !target.properties) return `map of ${this.type(target.additionalProperties)}${orNull}`;
    if (main === undefined) return "any";
    return (typeof target.format === "string" ? `${main} · ${target.format}` : main) + orNull;
  }

  /** A value that the schema allows, with what is required and nothing else; where nothing is, with one property, to show how it goes. */
  example(schema: unknown, depth = 0): unknown {
    const { target } = this.resolve(schema);
    const [first] = Array.isArray(target.examples) ? target.examples : Array.isArray(target.enum) ? target.enum : [target.default];
    if (first !== undefined) return first;
    const type = Array.isArray(target.type) ? target.type.find((t) => t !== "null") : target.type;
    if (type === "object" || target.properties !== undefined) {
      const required = strings(target.required);
      const all = Object.entries(record(target.properties) ?? {});
      const properties = required.length > 0 ? all.filter(([name]) => required.includes(name)) : all.slice(0, 1);
      return depth >= deepest ? {} : Object.fromEntries(properties.map(([name, property]) => [name, this.example(property, depth + 1)]));
    }
    if (type === "array") return depth >= deepest ? [] : [this.example(target.items, depth + 1)];
    if (type === "integer" || type === "number") return typeof target.minimum === "number" ? target.minimum : 0;
    if (type === "boolean") return true;
    return type === "string" ? "…" : {};
  }

  private properties(object: unknown, depth: number, path: string, above: string[]): SchemaField[] {
    const { target } = this.resolve(object);
    const required = strings(target.required);
    return Object.entries(record(target.properties) ?? {}).flatMap(([name, schema]) => {
      const { target: resolved, names } = this.resolve(schema);
      const line = this.field(path + name, depth, schema, required.includes(name));
      const holder = inner(resolved);
      const held = this.resolve(holder);
      const loops = [...names, ...held.names].some((n) => above.includes(n));
      if (loops || depth >= deepest) return [line];
      const below = `${path}${name}${resolved.items === undefined ? "" : "[]"}.`;
      return [line, ...this.properties(holder, depth + 1, below, [...above, ...names, ...held.names])];
    });
  }

  private field(name: string, depth: number, schema: unknown, required: boolean): SchemaField {
    const { target } = this.resolve(schema);
    const items = record(target.items) ?? {};
    return {
      name,
      depth,
      type: this.type(schema),
      required,
      description: text(record(schema)?.description) || text(target.description),
      bounds: bounds(target),
      values: (Array.isArray(target.enum) ? target.enum : Array.isArray(items.enum) ? items.enum : []).map(String),
    };
  }

  /** Follows references; `names` are the schemas that were passed. */
  private resolve(schema: unknown): { target: Json; names: string[] } {
    const names: string[] = [];
    let target = record(schema) ?? {};
    while (typeof target.$ref === "string" && target.$ref.startsWith(prefix)) {
      const name = target.$ref.slice(prefix.length);
      if (names.includes(name)) return { target: {}, names };
      names.push(name);
      target = record(this.named[name]) ?? {};
    }
    return { target, names };
  }
}

/** What an array or a map holds; any other schema is itself. */
function inner(schema: Json): unknown {
  return schema.items ?? (schema.properties === undefined ? record(schema.additionalProperties) : null) ?? schema;
}

function bounds(schema: Json): string[] {
  const found = [
    range(schema.minimum, schema.maximum, ""),
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    typeof schema.pattern === "string" ? `matches ${schema.pattern}` : null,
    schema.default === undefined ? null : `default ${JSON.stringify(schema.default)}`,
  ];
  return found.filter((bound) => bound !== null);
}

const number = new Intl.NumberFormat("en-US");

function range(least: unknown, most: unknown, unit: string): string | null {
  const from = typeof least === "number" ? number.format(least) : null;
  const to = typeof most === "number" ? number.format(most) : null;
  if (from !== null && to !== null) return `${from} to ${to}${unit}`;
  if (from !== null) return `at least ${from}${unit}`;
  return to === null ? null : `at most ${to}${unit}`;
}

export function record(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === "string") : [];
}
