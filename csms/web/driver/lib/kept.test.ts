import { beforeEach, expect, test, vi } from 'vitest';
import { forgetAll, keep, kept } from './kept';

beforeEach(() => {
  const store: Record<string, string> = {};
  Object.defineProperty(store, 'setItem', { value: (name: string, text: string) => void (store[name] = text) });
  Object.defineProperty(store, 'getItem', { value: (name: string) => store[name] ?? null });
  Object.defineProperty(store, 'removeItem', { value: (name: string) => delete store[name] });
  vi.stubGlobal('localStorage', store);
});

test('an answer that comes after its person has gone is not kept for the next one', () => {
  keep('my.account', 'Dora');
  keep('my.history', [1]);
  keep('stations', ['S-1']);
  forgetAll();
  keep('my.history', [2]);
  expect(kept('my.history')).toBeNull();
  expect(kept('stations')?.value).toEqual(['S-1']);
  keep('my.account', 'Enzo');
  keep('my.history', [3]);
  expect(kept('my.history')?.value).toEqual([3]);
});
