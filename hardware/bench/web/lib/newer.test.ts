import { expect, it } from 'vitest';
import { newer } from './newer';
import type { ChargePoint } from './types';

const state = (changes: Partial<ChargePoint>): ChargePoint => ({
  identity: 'CP1', as_of_us: 1, board: 'bench', process: 'running', powered: true, link: true, boots: 1,
  reader: null, emergency_stop: false, panel: null, connectors: [], console: [], ...changes,
});

it('keeps what an order answered when an older event comes after it', () => {
  const answered = state({ as_of_us: 20, link: false });
  expect(newer(answered, state({ as_of_us: 10, link: true }))).toBe(answered);
  expect(newer(answered, state({ as_of_us: 30, link: true })).link).toBe(true);
});

it('keeps the console when an event does not carry it', () => {
  const { console: _, ...event } = state({ as_of_us: 2 });
  expect(newer(state({ console: ['one'] }), event).console).toEqual(['one']);
  expect(newer(undefined, event).console).toEqual([]);
});
