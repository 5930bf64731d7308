export const handler = async (event) => {
  const kind = event.headers["x-github-event"];
  console.log(`${kind} from ${event.body.repository}`);
  if (kind === "push") return { status: 202, queued: event.body.commits.map((c) => c.id) };
  if (kind === "ping") return { status: 200, pong: true };
  return { status: 204 };
};
