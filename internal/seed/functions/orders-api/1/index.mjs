const orders = new Map([["1001", { id: "1001", total: 42.5, currency: "EUR" }]]);

export const handler = async (event) => {
  const id = event.path.split("/").pop();
  return { status: 200, body: orders.get(id) };
};
