export const handler = async ({ width, height, widths = [320, 640, 1280] }) =>
  widths.map((w) => ({ width: w, height: Math.round((height * w) / width) }));
