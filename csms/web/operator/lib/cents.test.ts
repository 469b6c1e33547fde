import { expect, it } from 'vitest';
import { fromCents, toCents } from './cents';

it('goes there and back without losing a cent', () => {
  for (const cents of [0, 1, 29, 45, 1999, 100_000]) expect(toCents(fromCents(cents, 'EUR'), 'EUR')).toBe(cents);
  expect(toCents(0.1 + 0.2, 'EUR')).toBe(30);
  expect(toCents(1.005 * 1000, 'SEK')).toBe(100_500);
});

it('knows a currency without a smaller unit', () => {
  expect(toCents(50, 'JPY')).toBe(50);
});
