const orders = new Map();
for (let i = 0; i < 25; i++) {
  const id = String(1001 + i);
  orders.set(id, { id, total: Math.round(1900 + i * 377.77) / 100, currency: "EUR", items: 1 + (i % 4) });
}

export const list = () => [...orders.values()].slice(-10);
export const find = (id) => orders.get(id);

export function place(order) {
  const id = String(1001 + orders.size);
  const placed = { id, currency: "EUR", ...order };
  orders.set(id, placed);
  return placed;
}
