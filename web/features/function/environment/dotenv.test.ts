import { describe, expect, it } from "vitest";

import { parseDotenv } from "./dotenv";

const parsed = (text: string) => Object.fromEntries(parseDotenv(text).variables);

describe("parseDotenv", () => {
  it("reads names and values", () => {
    expect(parsed("A1=1\n\n# comment\nexport B1 = two words \r\nEMPTY=\n")).toEqual({ A1: "1", B1: "two words", EMPTY: "" });
  });

  it("leaves comments out, but not a # within a value", () => {
    expect(parsed("URL=https://x/#top\nCOLOUR=red # not this\nHASH=#all of it")).toEqual({ URL: "https://x/#top", COLOUR: "red", HASH: "" });
  });

  it("takes single quotes literally and double quotes with escapes", () => {
    expect(parsed(`A='x\\n$Y # "z"'\nB="x\\n\\"y\\" \\q"`)).toEqual({ A: 'x\\n$Y # "z"', B: 'x\n"y" \\q' });
  });

  it("reads quoted values over several lines", () => {
    expect(parsed('KEY="-----BEGIN\nabc\n-----END"\nNEXT=1')).toEqual({ KEY: "-----BEGIN\nabc\n-----END", NEXT: "1" });
  });

  it("lets the last of two values count", () => {
    expect(parsed("A=1\nA=2")).toEqual({ A: "2" });
  });

  it("says which line it cannot read", () => {
    expect(parseDotenv("A=1\njust text\nB=\"open\nC=3").problems).toEqual([
      { line: 2, message: "is not NAME=value" },
      { line: 3, message: 'has no closing "' },
    ]);
  });

  it("keeps = in values", () => {
    expect(parsed("DSN=postgres://a?b=c&d=e==")).toEqual({ DSN: "postgres://a?b=c&d=e==" });
  });
});
