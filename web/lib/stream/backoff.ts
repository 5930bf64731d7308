/** The first wait and the longest, in milliseconds. */
const first = 500;
const longest = 20_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: it doubles, and `chance` in [0, 1) spreads it over
 * its second half, so that the clients of a server that restarts do not come back all at once.
 */
export function backoff(failures: number, chance: number): number {
  const wait = Math.min(longest, first * 2 ** Math.min(failures, 10));
  return wait / 2 + (wait / 2) * chance;
}
