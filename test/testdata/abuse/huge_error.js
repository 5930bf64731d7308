exports.handler = async () => {
  const error = new Error('m'.repeat(8 << 20));
  error.name = 'n'.repeat(1 << 20);
  error.stack = 'at s\n'.repeat(1 << 20);
  throw error;
};
