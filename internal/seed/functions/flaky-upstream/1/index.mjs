export const handler = async ({ order }) => {
  if (order % 5 === 0) throw new Error("connect ECONNREFUSED 10.0.4.17:443");
  return { order, tracking: `TRK-${order}` };
};
