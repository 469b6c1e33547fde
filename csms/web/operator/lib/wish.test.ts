import { expect, test } from 'vitest';
import { Wish } from './wish';

test('the same wish has the same key until it is fulfilled', () => {
  const wish = new Wish();
  const first = wish.key({ amount_cents: 500, reason: 'slow' });
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(wish.key({ amount_cents: 500, reason: 'slow' })).toBe(first);
  wish.fulfilled();
  expect(wish.key({ amount_cents: 500, reason: 'slow' })).not.toBe(first);
});

test('another amount, reason or person is another wish', () => {
  const wish = new Wish();
  const keys = [
    wish.key({ user_id: 1, amount_cents: 500, reason: 'slow' }), wish.key({ user_id: 1, amount_cents: 600, reason: 'slow' }),
    wish.key({ user_id: 1, amount_cents: 600, reason: 'broken' }), wish.key({ user_id: 2, amount_cents: 600, reason: 'broken' }),
  ];
  expect(new Set(keys).size).toBe(4);
});
