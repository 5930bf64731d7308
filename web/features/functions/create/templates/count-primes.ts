import type { Template } from "./template";

const nodejs = `// Counts primes with a sieve: work for the processor, so watch the handler's time when you change its memory or CPU.
export const handler = async ({ limit = 1_000_000 }) => {
  if (!Number.isInteger(limit) || limit < 2 || limit > 50_000_000) throw new RangeError("limit must be from 2 to 50000000");

  const composite = new Uint8Array(limit + 1);
  let count = 0;
  for (let n = 2; n <= limit; n++) {
    if (composite[n]) continue;
    count++;
    for (let m = n * n; m <= limit; m += n) composite[m] = 1;
  }
  console.log("%d primes up to %d", count, limit);
  return { limit, primes: count };
};
`;

const python = `def lambda_handler(event, context):
    """Counts primes with a sieve: work for the processor, so watch the handler's time when you change its memory or CPU."""
    limit = event.get("limit", 1_000_000)
    if not isinstance(limit, int) or not 2 <= limit <= 50_000_000:
        raise ValueError("limit must be from 2 to 50000000")

    prime = bytearray([1]) * (limit + 1)
    prime[0] = prime[1] = 0
    for n in range(2, int(limit**0.5) + 1):
        if prime[n]:
            prime[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    count = sum(prime)
    print(f"{count} primes up to {limit}")
    return {"limit": limit, "primes": count}
`;

export const countPrimes: Template = {
  id: "cpu-bound",
  title: "CPU-bound work",
  description: "Counts primes, with more memory and time than the defaults.",
  name: "count-primes",
  code: { nodejs, python },
  input: { limit: 1_000_000 },
  settings: { memory_mb: 512, timeout_ms: 15_000 },
};
