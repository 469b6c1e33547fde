import { expect, test } from 'vitest';
import { joined } from './messages';
import type { Exchange } from './types';

const said = (...numbers: number[]): Exchange[] =>
  numbers.map((number) => ({
    number, at: '2026-11-21T10:00:00Z', sent_by: 'centre', action: 'Reset', request: '{}', answer: '{}', error: null, took_ms: 1,
  }));
const numbers = (rows: readonly Exchange[]) => rows.map((row) => row.number);

test('what is newer comes first, and the oldest make room', () => {
  expect(numbers(joined(said(7, 6), said(4, 3)))).toEqual([7, 6, 4, 3]);
  expect(numbers(joined([], said(4, 3)))).toEqual([4, 3]);
  expect(numbers(joined(said(4, 3), []))).toEqual([4, 3]);
  const many = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(numbers(joined(said(201), said(...many)))).toEqual([201, ...many.slice(0, -1)]);
});

test('a centre that counts from one again has said all anew: no number is there twice', () => {
  expect(numbers(joined(said(2, 1), said(40, 2, 1)))).toEqual([2, 1]);
});
