import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { curl, readReference, search } from "./document";
import { Schemas } from "./schema";

const file = join(import.meta.dirname, "../../../docs/openapi.json");
const document = JSON.parse(readFileSync(file, "utf8")) as { paths: Record<string, Record<string, unknown>> };
const reference = readReference(document);
const operations = reference.groups.flatMap((group) => group.operations);
const operation = (id: string) => {
  const found = operations.find((o) => o.id === id);
  if (found === undefined) throw new Error(`there is no operation ${id}`);
  return found;
};

describe("the server's own document", () => {
  it("is shown whole: every operation once, with who may call it and what it answers", () => {
    const all = Object.values(document.paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
    expect(operations).toHaveLength(all);
    expect(new Set(operations.map((o) => o.id)).size).toBe(all);
    for (const o of operations) {
      expect(o.summary, o.id).not.toBe("");
      expect(o.access, o.id).not.toBe("");
      expect(o.answers.length, o.id).toBeGreaterThan(0);
    }
  });

  it("names the bounds and values of parameters", () => {
    const [size] = operation("list-executions").parameters.filter((p) => p.name === "page_size");
    expect(size?.bounds).toEqual(["1 to 200", "default 50"]);
    const [status] = operation("list-executions").parameters.filter((p) => p.name === "status");
    expect(status?.values).toContain("timeout");
  });

  it("opens what is nested", () => {
    const names = operation("list-executions").answers[0]?.fields.map((f) => f.name);
    expect(names).toContain("items[].status");
    expect(operation("get-execution").answers[0]?.fields.find((f) => f.name === "error.message")?.depth).toBe(1);
  });

  it("shows answers that are the same once", () => {
    expect(operation("execute-function").answers.map((a) => [a.status, a.type])).toEqual([["200, 202", "Execution"]]);
  });

  it("makes calls of curl", () => {
    const call = curl(operation("create-key"), "https://volt.example");
    expect(call).toContain("curl 'https://volt.example/api/keys'");
    expect(call).toContain("Bearer $VOLTRUN_KEY");
    const body = /-d '([\s\S]*)'$/.exec(call)?.[1] ?? "";
    expect(Object.keys(JSON.parse(body) as object).sort()).toEqual(["name", "scopes"]);
    expect(curl(operation("delete-function"), "https://volt.example")).toContain("'https://volt.example/api/functions/<id>' -X DELETE");
    expect(curl(operation("execute-function"), "https://volt.example")).toContain('"input": {}');
    expect(curl(operation("login"), "https://volt.example")).not.toContain("Authorization");
  });
});

describe("search", () => {
  it("wants every word and drops groups without a match", () => {
    const found = search(reference.groups, "POST key");
    expect(found.flatMap((g) => g.operations).map((o) => o.id)).toEqual(["create-key"]);
    expect(found.map((g) => g.name)).toEqual(["API keys"]);
  });
});

describe("Schemas", () => {
  it("ends at a schema that holds itself", () => {
    const tree = { Tree: { type: "object", required: ["name"], properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } } };
    const fields = new Schemas(tree).fields({ $ref: "#/components/schemas/Tree" });
    expect(fields.map((f) => [f.name, f.type, f.required])).toEqual([
      ["name", "string", true],
      ["children", "array of Tree", false],
    ]);
  });

  it("survives what is not a schema", () => {
    const loop = new Schemas({ A: { $ref: "#/components/schemas/A" } });
    expect(loop.fields({ $ref: "#/components/schemas/A" })).toHaveLength(1);
    expect(loop.fields(42)[0]?.type).toBe("any");
    expect(readReference("nonsense").groups).toEqual([]);
  });
});
