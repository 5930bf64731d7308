import { route } from "./lib/router.mjs";
import { find, list, place } from "./lib/store.mjs";

const table = [
  ["GET", /^\/orders$/, () => ({ status: 200, body: list() })],
  ["GET", /^\/orders\/(?<id>\d+)$/, ({ id }) => ({ status: 200, body: find(id) })],
  ["POST", /^\/orders$/, (_, body) => ({ status: 201, body: place(body) })],
];

export const handler = async (event) => {
  const found = route(table, event.method, event.path);
  console.log(JSON.stringify({ level: "info", msg: "request", method: event.method, path: event.path }));
  return found.handle(found.params, event.body);
};
