export const handler = async ({ to, text }) => {
  console.log(`→ ${to}: ${text}`);
  return { delivered: true };
};
