import { route } from "./lib/router.mjs";
import { find, list, place } from "./lib/store.mjs";

const table = [
  ["GET", /^\/orders$/, () => ({ status: 200, body: list() })],
  ["GET", /^\/orders\/(?<id>\d+)$/, ({ id }) => {
    const order = find(id);
    return order ? { status: 200, body: order } : { status: 404, body: { error: `no order ${id}` } };
  }],
  ["POST", /^\/orders$/, (_, body) => ({ status: 201, body: place(body) })],
];

export const handler = async (event) => {
  const found = route(table, event.method, event.path);
  const level = found ? "info" : "warn";
  console.log(JSON.stringify({ level, msg: "request", method: event.method, path: event.path, stage: process.env.STAGE }));
  if (!found) return { status: 404, body: { error: "no such route" } };
  return found.handle(found.params, event.body);
};
