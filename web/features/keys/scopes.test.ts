import { describe, expect, it } from "vitest";

import { exampleCall } from "./example-call";
import { readScopes, scopesOf } from "./scopes";

describe("scopesOf", () => {
  it("asks for execute on everything or on the chosen functions, never for both", () => {
    expect(scopesOf(["functions:read"], { of: "all" })).toEqual(["functions:read", "functions:execute"]);
    expect(scopesOf([], { of: "some", ids: ["fn_a", "fn_b"] })).toEqual(["functions:execute:fn_a", "functions:execute:fn_b"]);
    expect(scopesOf(["executions:read"], { of: "none" })).toEqual(["executions:read"]);
  });
});

describe("readScopes", () => {
  it("names what a key may do and which functions it is limited to", () => {
    expect(readScopes(["executions:read", "functions:execute:fn_a"])).toEqual({ labels: ["Read executions"], functionIds: ["fn_a"] });
  });

  it("does not speak of single functions when all may be executed", () => {
    expect(readScopes(["functions:execute", "functions:execute:fn_a"])).toEqual({ labels: ["Execute all functions"], functionIds: [] });
  });

  it("shows a scope that it does not know", () => {
    expect(readScopes(["machines:reboot"]).labels).toEqual(["machines:reboot"]);
  });
});

describe("exampleCall", () => {
  const origin = "https://volt.example";

  it("executes the function that the key is limited to", () => {
    const call = exampleCall(origin, "vr_k", ["functions:execute:fn_a", "functions:read"], "other");
    expect(call).toContain("'https://volt.example/api/functions/fn_a/execute'");
    expect(call).toContain('-H "Authorization: Bearer vr_k"');
  });

  it("does only what the key may do", () => {
    expect(exampleCall(origin, "vr_k", ["functions:execute"], "hello")).toContain("/api/functions/hello/execute");
    expect(exampleCall(origin, "vr_k", ["executions:read", "functions:read"], "hello")).toMatch(/^curl 'https:\/\/volt.example\/api\/executions'/);
    expect(exampleCall(origin, "vr_k", ["functions:read"], "hello")).toMatch(/^curl 'https:\/\/volt.example\/api\/functions'/);
    expect(exampleCall(origin, "vr_k", ["functions:write"], "hello")).toMatch(/^curl 'https:\/\/volt.example\/api\/me'/);
  });
});
