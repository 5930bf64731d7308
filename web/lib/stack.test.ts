import { expect, it } from "vitest";

import { frameOf } from "./stack";

it("finds the function's own code in the traces of both languages", () => {
  expect(frameOf("    at handler (/var/task/src/index.mjs:12:7)")).toEqual({
    before: "    at handler (",
    place: "/var/task/src/index.mjs:12:7",
    after: ")",
    file: "src/index.mjs",
    line: 12,
  });
  expect(frameOf("    at async file:///var/task/index.js:3:9")).toMatchObject({ file: "index.js", line: 3 });
  expect(frameOf('  File "/var/task/main.py", line 4, in handler')).toMatchObject({ file: "main.py", line: 4, after: ", in handler" });
  expect(frameOf('  File "/var/task/main.py" Line 3\n      b = 2')).toMatchObject({ file: "main.py", line: 3, after: "\n      b = 2" });
});

it("takes nothing else for it", () => {
  for (const line of ["    at node:internal/process/task_queues:95:5", "    at x (/var/task/node_modules/a/b.js:1:1)", '  File "/usr/lib/python3/json.py", line 4, in loads', "TypeError: x", ""]) {
    expect(frameOf(line)).toBeNull();
  }
});
