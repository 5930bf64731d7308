// Makes what the app needs before it can be built, checked or developed: the types of the API from the
// OpenAPI document, and the editor's files in a folder whose name holds its version, so that it can be cached for ever.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");

execFileSync(
  process.execPath,
  [join(web, "node_modules/openapi-typescript/bin/cli.js"), join(web, "../docs/openapi.json"), "-o", join(web, "lib/api/schema.d.ts")],
  { stdio: "inherit" },
);

const monaco = join(web, "node_modules/monaco-editor");
const { version } = JSON.parse(readFileSync(join(monaco, "package.json"), "utf8"));
const target = join(web, "public/monaco", version);
if (!existsSync(target)) {
  rmSync(join(web, "public/monaco"), { recursive: true, force: true });
  const partial = `${target}.partial`; // a copy that was interrupted is not taken for a whole one
  mkdirSync(partial, { recursive: true });
  cpSync(join(monaco, "min/vs"), join(partial, "vs"), { recursive: true });
  renameSync(partial, target);
}
