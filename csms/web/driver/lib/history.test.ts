import { expect, test } from 'vitest';
import { byMonth, joined, renewed } from './history';
import type { Session } from './types';

process.env.TZ = 'Europe/Rome';
const row = (transaction_id: number, started_at = '2026-01-10T12:00:00Z') => ({ transaction_id, started_at }) as Session;
const ids = (rows: Session[]) => rows.map(({ transaction_id }) => transaction_id);

test('a charge belongs to the month in which it began where the driver is', () => {
  const months = byMonth([row(3, '2026-02-01T09:00:00Z'), row(2, '2026-01-31T23:30:00Z'), row(1, '2026-01-31T22:30:00Z')]);
  expect(months.map(ids)).toEqual([[3, 2], [1]]);
});

test('a page that overlaps the one before says no charge twice', () => {
  expect(ids(joined([row(9), row(8)], [row(8), row(7)]))).toEqual([9, 8, 7]);
});

test('a new charge comes on top and what was unfolded stays', () => {
  expect(ids(renewed([row(10), row(9)], [row(9), row(8), row(7)]))).toEqual([10, 9, 8, 7]);
});

test('an old list that the newest page does not reach is left out: between them charges would be missing', () => {
  expect(ids(renewed([row(50), row(49)], [row(9), row(8)]))).toEqual([50, 49]);
});
