exports.handler = async (how) => {
  if (how === 'circular') { const a = {}; a.a = a; return a; }
  if (how === 'bigint') return 1n;
  if (how === 'deep') { let v = 1; for (let i = 0; i < 200000; i++) v = [v]; return v; }
  if (how === 'getter') return { get x() { throw new Error('from the getter'); } };
  if (how === 'exit') { process.reallyExit(0); }
  if (how === 'abort') process.abort();
};
