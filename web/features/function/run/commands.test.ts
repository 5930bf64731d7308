import { execFileSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { curlCommand, voltCommand } from "./commands";

/** The arguments a POSIX shell passes on when the command's program is printf. */
function argumentsOf(command: string, program: string): string[] {
  const script = command.replace(program, "printf '%s\\0'");
  return execFileSync("sh", ["-c", script], { encoding: "utf8", env: { ...process.env, VOLTRUN_KEY: "vr_x" } }).split("\0").slice(0, -1);
}

const input = { text: `it's "quoted" $HOME \`x\` \\ \n`, n: 1 };

describe("commands for a shell", () => {
  it("passes the input to curl as it is", () => {
    const args = argumentsOf(curlCommand("http://127.0.0.1:8080", { name: "hello", input, async: true }), "curl");
    expect(args).toContain("http://127.0.0.1:8080/api/functions/hello/execute");
    expect(args).toContain("Authorization: Bearer vr_x");
    expect(args).toContain("Prefer: respond-async");
    expect(JSON.parse(args.at(-1) ?? "")).toEqual({ input });
  });

  it("passes the input to volt as it is, and its flag for asynchronous calls", () => {
    const args = argumentsOf(voltCommand("http://127.0.0.1:8080", { name: "hello", input, async: true }), "volt");
    expect(args.slice(0, 5)).toEqual(["invoke", "hello", "--server", "http://127.0.0.1:8080", "--input"]);
    expect(JSON.parse(args[5] ?? "")).toEqual(input);
    expect(args.at(-1)).toBe("--async");
    expect(voltCommand("http://x", { name: "hello", input, async: false })).not.toContain("--async");
  });
});
