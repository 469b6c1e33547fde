import { expect, it } from 'vitest';
import { flagWords, reasonWords } from './sessionWords';

it('says why a session ended, and without a reason that it was the card', () => {
  expect(reasonWords(null)).toBe('Card');
  expect(reasonWords('EVDisconnected')).toBe('Cable unplugged');
  expect(reasonWords('Melted')).toBe('Melted');
  expect(reasonWords('Remote', { reached_at: '2026-03-01T09:00:00Z' })).toBe('Driver’s limit');
  expect(reasonWords('Remote', { reached_at: null })).toBe('Operator or app');
});

it('reads a flag that it does not know', () => {
  expect(flagWords('clock_went_back')).toBe('Its clock went back');
  expect(flagWords('never_seen_before')).toBe('Never seen before');
});
