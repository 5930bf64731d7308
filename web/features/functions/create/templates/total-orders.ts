import type { Template } from "./template";

const nodejs = `// Turns a list of orders into one total per customer, the largest first.
export const handler = async ({ orders = [] }) => {
  const totals = new Map();
  for (const { customer, items } of orders) {
    const cents = items.reduce((sum, item) => sum + Math.round(item.price * 100) * item.count, 0);
    totals.set(customer, (totals.get(customer) ?? 0) + cents);
  }
  console.log(JSON.stringify({ level: "info", msg: "summed up", orders: orders.length, customers: totals.size }));
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .map(([customer, cents]) => ({ customer, total: cents / 100 }));
};
`;

const python = `import json
from collections import Counter


def lambda_handler(event, context):
    """Turns a list of orders into one total per customer, the largest first."""
    orders = event.get("orders", [])
    totals = Counter()
    for order in orders:
        for item in order["items"]:
            totals[order["customer"]] += round(item["price"] * 100) * item["count"]
    print(json.dumps({"level": "info", "msg": "summed up", "orders": len(orders), "customers": len(totals)}))
    return [{"customer": customer, "total": cents / 100} for customer, cents in totals.most_common()]
`;

export const totalOrders: Template = {
  id: "json-transform",
  title: "JSON transform",
  description: "Reshapes a document, and logs lines of JSON.",
  name: "total-orders",
  code: { nodejs, python },
  input: {
    orders: [
      { customer: "north", items: [{ price: 12.5, count: 2 }, { price: 4, count: 3 }] },
      { customer: "south", items: [{ price: 99.95, count: 1 }] },
      { customer: "north", items: [{ price: 0.1, count: 30 }] },
    ],
  },
};
