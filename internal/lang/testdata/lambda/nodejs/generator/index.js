import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
async function* rows(n) { for (let i = 0; i < n; i++) yield `row ${i}\n`; }
export const handler = async ({ n }) => {
  const parts = [];
  await pipeline(Readable.from(rows(n)), createGzip(), async (source) => { for await (const part of source) parts.push(part); });
  return gunzipSync(Buffer.concat(parts)).toString().trim().split('\n');
};
