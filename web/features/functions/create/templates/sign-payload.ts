import type { Template } from "./template";

const nodejs = `import { createHmac } from "node:crypto";

// Signs a payload with a secret, so that whoever shares it can tell that nobody changed the payload.
export const handler = async ({ payload }) => {
  const key = process.env.SIGNING_KEY;
  if (!key) throw new Error("The secret SIGNING_KEY is not set: set it under Environment.");

  const body = JSON.stringify(payload);
  const signature = createHmac("sha256", key).update(body).digest("hex");
  console.log("signed %d bytes", Buffer.byteLength(body));
  return { body, headers: { "x-signature": "sha256=" + signature } };
};
`;

const python = `import hashlib
import hmac
import json
import os


def lambda_handler(event, context):
    """Signs a payload with a secret, so that whoever shares it can tell that nobody changed the payload."""
    key = os.environ.get("SIGNING_KEY")
    if not key:
        raise RuntimeError("The secret SIGNING_KEY is not set: set it under Environment.")

    body = json.dumps(event["payload"])
    signature = hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()
    print(f"signed {len(body.encode())} bytes")
    return {"body": body, "headers": {"x-signature": f"sha256={signature}"}}
`;

export const signPayload: Template = {
  id: "secrets",
  title: "Call with secrets",
  description: "Signs a payload with a secret that only the function can read.",
  name: "sign-payload",
  code: { nodejs, python },
  input: { payload: { event: "order.paid", id: "A-1042" } },
  secrets: ["SIGNING_KEY"],
};
