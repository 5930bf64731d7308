// Fills the heap of V8, which has a limit of its own.
exports.handler = async () => {
  const held = [];
  for (let i = 0; ; i++) held.push({ i, text: 'x' + i });
};
