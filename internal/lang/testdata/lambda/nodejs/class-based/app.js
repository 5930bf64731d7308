class OrderService {
  #rates = new Map([['de', 0.19], ['fr', 0.2]]);
  handle = async ({ country, net }) => ({ gross: Math.round(net * (1 + (this.#rates.get(country) ?? 0)) * 100) / 100 });
}
const service = new OrderService();
module.exports = { handler: service.handle };
