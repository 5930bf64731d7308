/** Inputs to start a test event from, in the shapes that Lambda's handlers know. */
export const eventTemplates: { label: string; input: unknown }[] = [
  { label: "Empty", input: {} },
  {
    label: "HTTP request",
    input: {
      version: "2.0",
      routeKey: "POST /orders",
      rawPath: "/orders",
      rawQueryString: "dry=true",
      headers: { "content-type": "application/json", accept: "application/json" },
      queryStringParameters: { dry: "true" },
      requestContext: { http: { method: "POST", path: "/orders", protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "curl/8.5.0" } },
      body: '{"sku":"A-100","quantity":2}',
      isBase64Encoded: false,
    },
  },
  {
    label: "Schedule",
    input: {
      version: "0",
      id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
      "detail-type": "Scheduled Event",
      source: "aws.events",
      time: "2026-01-01T06:00:00Z",
      resources: ["nightly-cleanup"],
      detail: {},
    },
  },
  {
    label: "Object stored (S3)",
    input: {
      Records: [
        {
          eventVersion: "2.1",
          eventSource: "aws:s3",
          eventTime: "2026-01-01T06:00:00.000Z",
          eventName: "ObjectCreated:Put",
          s3: { bucket: { name: "uploads" }, object: { key: "reports/2026-01.csv", size: 10240, eTag: "0123456789abcdef0123456789abcdef" } },
        },
      ],
    },
  },
];

export function pretty(input: unknown): string {
  return JSON.stringify(input, null, 2);
}
