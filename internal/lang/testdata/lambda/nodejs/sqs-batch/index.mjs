const work = async ({ amount }) => { if (!(amount > 0)) throw new Error(`amount ${amount}`); };
export async function handler({ Records }) {
  const results = await Promise.allSettled(Records.map(async (r) => work(JSON.parse(r.body))));
  return { batchItemFailures: results.flatMap((r, i) => (r.status === 'rejected' ? [{ itemIdentifier: Records[i].messageId }] : [])) };
}
