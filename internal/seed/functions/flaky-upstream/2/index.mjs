class UpstreamError extends Error {
  name = "UpstreamError";
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The carrier's interface as it is: it refuses one order in five, whatever one does.
async function ask(order, attempt) {
  await pause(20 * attempt);
  if (order % 5 === 0) throw new UpstreamError(`carrier answered 503 Service Unavailable (attempt ${attempt})`);
  return `TRK-${order}`;
}

export const handler = async ({ order }) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return { order, tracking: await ask(order, attempt), attempts: attempt };
    } catch (error) {
      console.warn(`WARN order ${order}: ${error.message}`);
      if (attempt === 3) throw error;
    }
  }
};
