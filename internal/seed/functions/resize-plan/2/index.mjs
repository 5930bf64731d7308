const sizes = { thumb: 160, card: 480, page: 1280 };

export const handler = async ({ width, height, profile }) => {
  const target = sizes[profile.name];
  return [{ width: target, height: Math.round((height * target) / width) }];
};
