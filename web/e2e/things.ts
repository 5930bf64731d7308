import { Api, type Account } from "./account";

/** What the pages show in the tests that visit them all. */
export interface Things {
  functionId: string;
  executionId: string;
  failedId: string;
}

/** Makes one of each thing there is to look at. */
export async function makeThings(account: Account): Promise<Things> {
  const api = await Api.as(account);
  const fn = await api.createFunction({
    name: "greeting",
    description: "Says hello to whoever is named",
    runtime: "nodejs",
    code: 'export const handler = async ({ name }) => {\n  console.log("greeting", name);\n  if (!name) throw new Error("nobody is named");\n  return { text: `Hello, ${name}!` };\n};\n',
    env: { GREETING: "Hello" },
    secrets: { API_TOKEN: "s3cret" },
  });
  await api.updateFunction(fn.id, { files: { "index.mjs": 'import { text } from "./lib/text.mjs";\nexport const handler = async ({ name }) => {\n  console.log(JSON.stringify({ level: "info", name }));\n  if (!name) throw new Error("nobody is named");\n  return { text: text(name) };\n};\n', "lib/text.mjs": "export const text = (name) => `Hello, ${name}!`;\n" }, message: "Text in a file of its own" });
  await api.createFunction({ name: "a-function-with-a-name-as-long-as-names-may-be-and-no-longer-xyz".slice(0, 64), runtime: "python", code: "def lambda_handler(event, context):\n    return event\n" });
  const { id: executionId } = await api.execute(fn.id, { name: "Ada" });
  const { id: failedId } = await api.execute(fn.id, {});
  await api.dispose();
  return { functionId: fn.id, executionId, failedId };
}
