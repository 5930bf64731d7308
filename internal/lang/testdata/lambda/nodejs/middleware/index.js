const compose = (...layers) => layers.reduceRight((next, layer) => layer(next));
const errors = (next) => async (event, context) => {
  try { return await next(event, context); } catch (e) { return { statusCode: 400, body: e.message }; }
};
const body = (next) => (event, context) => next({ ...event, body: JSON.parse(event.body) }, context);
exports.handler = compose(errors, body, async ({ body: { a, b } }) => {
  if (b === 0) throw new Error('division by zero');
  return { statusCode: 200, body: String(a / b) };
});
