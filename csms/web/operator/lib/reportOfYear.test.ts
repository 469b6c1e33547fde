import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReportOfYear } from './reportOfYear.svelte';
import type { Report } from './types';

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 5, 1) }));
afterEach(() => void vi.useRealTimers());

function asked() {
  const answers: { year: number; resolve: (found: Report) => void; reject: (error: Error) => void }[] = [];
  const years = new ReportOfYear((year) => new Promise((resolve, reject) => answers.push({ year, resolve, reject })));
  const come = async (turn: number, sessions: number | null) => {
    const { year, resolve, reject } = answers[turn]!;
    if (sessions === null) reject(new Error('away'));
    else resolve({ year, total: { sessions } } as unknown as Report);
    await vi.advanceTimersByTimeAsync(0);
    return [years.report && [years.report.year, years.report.total.sessions], years.reading.failed];
  };
  return { years, answers, come };
}

test('the failure of a year that nobody waits for any more is not shown over the figures of another', async () => {
  const { years, come } = asked();
  years.show(2026);
  years.show(2025);
  expect(await come(1, 7)).toEqual([[2025, 7], '']);
  expect(await come(0, null)).toEqual([[2025, 7], '']);
});

test('the present year is renewed once a minute at most, without going away meanwhile; one that is over is not', async () => {
  const { years, answers, come } = asked();
  years.show(2026);
  await come(0, 7);
  years.renew();
  expect(answers.length).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  years.renew();
  years.renew();
  expect(answers.length).toBe(2);
  expect(years.report?.total.sessions).toBe(7);
  expect(await come(1, 8)).toEqual([[2026, 8], '']);

  years.show(2025);
  expect(years.report).toBeNull();
  expect(await come(2, null)).toEqual([null, 'away']);
  await vi.advanceTimersByTimeAsync(60_000);
  years.renew();
  expect(await come(3, 5)).toEqual([[2025, 5], '']);
  await vi.advanceTimersByTimeAsync(60_000);
  years.renew();
  expect(answers.length).toBe(4);
});
