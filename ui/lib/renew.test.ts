import { expect, it, vi } from 'vitest';
import { renewWhenOutdated } from './renew.ts';

it('loads the page anew for a part that is gone, once and not in a loop, and not for want of a network', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const page = new EventTarget();
  const kept = new Map<string, string>();
  const network = { onLine: false };
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('navigator', network);
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
  const reload = vi.fn();
  const missing = () => page.dispatchEvent(new Event('vite:preloadError'));
  renewWhenOutdated(reload);

  missing();
  expect(reload).toHaveBeenCalledTimes(0);
  network.onLine = true;
  missing();
  missing();
  expect(reload).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_600_000); // and another release an hour later
  missing();
  expect(reload).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
