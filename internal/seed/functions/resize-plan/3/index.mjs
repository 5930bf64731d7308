const sizes = { thumb: 160, card: 480, page: 1280 };

export const handler = async ({ width, height, profile }) => {
  const target = Math.min(width, sizes[profile?.name] ?? sizes.page);
  const scale = target / width;
  const plan = [1, 2]
    .map((density) => ({ density, width: Math.round(width * scale * density), height: Math.round(height * scale * density) }))
    .filter((step) => step.width <= width);
  console.debug(`DEBUG ${width}x${height} -> ${plan.map((s) => `${s.width}x${s.height}`).join(", ") || "as it is"}`);
  return plan;
};
