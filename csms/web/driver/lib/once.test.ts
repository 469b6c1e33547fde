import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { once } from './once';

let wish = 0;
let keys: string[];
const ask = (fails: boolean, name = `start ${wish}`) => once(name, async (headers) => {
  keys.push(headers['Idempotency-Key']!);
  if (fails) throw new Error('no answer');
});

beforeEach(() => {
  vi.useFakeTimers();
  wish++;
  keys = [];
});
afterEach(() => vi.useRealTimers());

test('a wish whose answer was lost is said again with the same key', async () => {
  await expect(ask(true)).rejects.toThrow('no answer');
  await ask(false);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('once it has succeeded the next is another wish', async () => {
  await ask(false);
  await ask(false);
  expect(keys[1]).not.toBe(keys[0]);
});

test('other figures are another wish', async () => {
  await expect(ask(true, 'top-up 2000')).rejects.toThrow();
  await ask(false, 'top-up 5000');
  expect(keys[1]).not.toBe(keys[0]);
});

test('minutes later it is meant anew', async () => {
  await expect(ask(true)).rejects.toThrow();
  vi.advanceTimersByTime(121_000);
  await ask(false);
  expect(keys[1]).not.toBe(keys[0]);
});
