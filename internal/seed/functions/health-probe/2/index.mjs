const started = Date.now();

export const handler = async (event) => ({
  ok: true,
  region: event?.region ?? "unknown",
  warm_for_ms: Date.now() - started,
});
