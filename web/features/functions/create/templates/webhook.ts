import type { Template } from "./template";

const nodejs = `// Takes events in the shape of an HTTP request (payload version 2.0) and answers one.
export const handler = async (event) => {
  const method = event?.requestContext?.http?.method ?? "GET";
  if (method !== "POST") return answer(405, { error: "send a POST" }, { allow: "POST" });

  let order;
  try {
    order = JSON.parse(event.body ?? "");
  } catch {
    return answer(400, { error: "the body is not JSON" });
  }
  if (typeof order?.id !== "string") return answer(422, { error: "id is missing" });

  console.log("order %s received", order.id);
  return answer(202, { accepted: order.id });
};

const answer = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
`;

const python = `import json


def lambda_handler(event, context):
    """Takes events in the shape of an HTTP request (payload version 2.0) and answers one."""
    method = event.get("requestContext", {}).get("http", {}).get("method", "GET")
    if method != "POST":
        return answer(405, {"error": "send a POST"}, {"allow": "POST"})

    try:
        order = json.loads(event.get("body") or "")
    except ValueError:
        return answer(400, {"error": "the body is not JSON"})
    if not isinstance(order, dict) or not isinstance(order.get("id"), str):
        return answer(422, {"error": "id is missing"})

    print(f"order {order['id']} received")
    return answer(202, {"accepted": order["id"]})


def answer(status, body, headers=None):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": json.dumps(body),
    }
`;

export const webhook: Template = {
  id: "webhook",
  title: "HTTP webhook",
  description: "Checks a request and answers with a status and a body.",
  name: "order-webhook",
  code: { nodejs, python },
  input: {
    version: "2.0",
    rawPath: "/orders",
    headers: { "content-type": "application/json" },
    requestContext: { http: { method: "POST", path: "/orders" } },
    body: '{"id": "A-1042", "total": 37}',
    isBase64Encoded: false,
  },
};
