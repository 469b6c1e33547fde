import { afterEach, expect, test, vi } from 'vitest';
import * as api from './client';

afterEach(() => vi.unstubAllGlobals());

test('a wish is sent with its Idempotency-Key, a change with the ETag it was made upon, and neither uncalled for', async () => {
  const sent: Headers[] = [];
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers));
    return Response.json({});
  });
  await api.post('/api/users/{user_id}/credits', { path: { user_id: 7 }, body: { amount_cents: 5, reason: 'x' }, once: 'k1' });
  await api.patch('/api/charge-points/{identity}', { path: { identity: 'CP1' }, body: {}, ifMatch: '"3"' });
  expect(sent.map((headers) => [headers.get('Idempotency-Key'), headers.get('If-Match')])).toEqual([['k1', null], [null, '"3"']]);
});

test('only a call that takes the key is given one', () => {
  // @ts-expect-error a second enrolment is refused by its number, not by a key
  const call = () => api.post('/api/cards', { body: { id_tag: 'A', user_id: 1 }, once: 'k1' });
  expect(call).toBeTypeOf('function');
});
