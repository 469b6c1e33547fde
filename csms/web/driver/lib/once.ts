/** A wish said again because its answer was lost acts once: it goes with the same Idempotency-Key until it was answered. */

const KEPT_MS = 120_000; // who asks later than this means it anew: what the last try brought has come or will not
const open = new Map<string, { key: string; tried_ms: number }>();

/** Do `act` with the key of `wish`, which names what is wanted and with which figures; another figure is another wish. */
export async function once<R>(wish: string, act: (headers: Record<string, string>) => Promise<R>): Promise<R> {
  for (const [old, { tried_ms }] of open) if (Date.now() - tried_ms > KEPT_MS) open.delete(old);
  const wished = open.get(wish) ?? { key: newKey(), tried_ms: Date.now() };
  open.set(wish, wished);
  try {
    const answer = await act({ 'Idempotency-Key': wished.key });
    open.delete(wish);
    return answer;
  } finally {
    wished.tried_ms = Date.now();
  }
}

/** Over plain http, as on a site's own network, browsers have no randomUUID. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
