/** A call as VoltRun recorded it: two cores of a virtual machine (AMD EPYC), Node.js 22 and Python 3, SQLite. */
export interface Recording {
  id: string;
  language: string;
  file: string;
  code: string;
  output: string;
  memory: string;
  phases: { name: string; ms: number }[];
}

export const input = `{
  "id": "A-1042",
  "items": [
    { "price": 12.5, "count": 2 },
    { "price": 4, "count": 3 }
  ]
}`;

export const logLine = "order A-1042: 2 lines";

export const recordings: Recording[] = [
  {
    id: "nodejs",
    language: "Node.js",
    file: "index.mjs",
    code: `export const handler = async (event) => {
  const total = event.items.reduce(
    (sum, item) => sum + item.price * item.count, 0);
  console.log(\`order \${event.id}: \${event.items.length} lines\`);
  return { order: event.id, total };
};`,
    output: `{ "order": "A-1042", "total": 37 }`,
    memory: "8.80 MB",
    phases: [
      { name: "admit", ms: 0.357 },
      { name: "queue", ms: 0.001 },
      { name: "acquire", ms: 0.015 },
      { name: "load", ms: 5.603 },
      { name: "handler", ms: 1.142 },
      { name: "record", ms: 0.001 },
    ],
  },
  {
    id: "python",
    language: "Python",
    file: "lambda_function.py",
    code: `def lambda_handler(event, context):
    total = sum(
        item["price"] * item["count"] for item in event["items"])
    print(f"order {event['id']}: {len(event['items'])} lines")
    return {"order": event["id"], "total": total}
`,
    output: `{ "order": "A-1042", "total": 37.0 }`,
    memory: "4.62 MB",
    phases: [
      { name: "admit", ms: 0.069 },
      { name: "queue", ms: 0 },
      { name: "acquire", ms: 0.021 },
      { name: "load", ms: 4.622 },
      { name: "handler", ms: 0.194 },
      { name: "record", ms: 0.001 },
    ],
  },
];
