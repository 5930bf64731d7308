import { createHmac, timingSafeEqual } from "node:crypto";

function signed(body, signature) {
  const want = Buffer.from("sha256=" + createHmac("sha256", process.env.WEBHOOK_SECRET).update(body).digest("hex"));
  const got = Buffer.from(signature ?? "");
  return want.length === got.length && timingSafeEqual(want, got);
}

export const handler = async (event) => {
  const kind = event.headers["x-github-event"];
  if (event.headers["x-hub-signature-256"] && !signed(JSON.stringify(event.body), event.headers["x-hub-signature-256"])) {
    console.warn(`WARN ${kind}: the signature does not match`);
    return { status: 401, error: "bad signature" };
  }
  console.log(`INFO ${kind} from ${event.body.repository}`);
  if (kind === "push") {
    for (const commit of event.body.commits) console.log(`INFO   ${commit.id.slice(0, 7)} ${commit.message}`);
    return { status: 202, queued: event.body.commits.map((c) => c.id) };
  }
  if (kind === "ping") return { status: 200, pong: true };
  return { status: 204 };
};
