import { describe, expect, it } from 'vitest';
import { KINDS, limitSaid, NOTHING_YET, progress, range, said } from './limit';
import type { Limit } from './types';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const limit = (kind: Limit['kind'], value: number): Limit => ({ kind, value, reached_at: null, estimated: false });

describe('what may be chosen', () => {
  it('offers the usual value of every kind before a charge', () => {
    for (const kind of KINDS) {
      const { least, most, step, usual } = range(kind)!;
      expect(least).toBeLessThanOrEqual(usual);
      expect(usual).toBeLessThanOrEqual(most);
      expect((usual - least) % step).toBe(0);
    }
  });
  it('offers only what lies ahead of a charge that runs', () => {
    const so_far = { ...NOTHING_YET, energy_wh: 21_300, soc_percent: 80, minutes: 14 };
    expect(range('energy_wh', so_far)!.least).toBe(22_000);
    expect(range('energy_wh', so_far)!.usual).toBe(22_000);
    expect(range('soc_percent', so_far)!.least).toBe(85);
    expect(range('minutes', so_far)!.least).toBe(15);
  });
  it('offers nothing where all of it is behind', () => {
    expect(range('soc_percent', { ...NOTHING_YET, soc_percent: 100 })).toBeNull();
    expect(range('cost_cents', { ...NOTHING_YET, cost_cents: 10_000 })).toBeNull();
  });
});

describe('how far it is', () => {
  it('is the part of the limit that is done, and never more than all of it', () => {
    expect(progress(limit('energy_wh', 10_000), { ...NOTHING_YET, energy_wh: 2_500 })).toBe(0.25);
    expect(progress(limit('cost_cents', 100), { ...NOTHING_YET, cost_cents: 140 })).toBe(1);
  });
  it('is not known where the battery is not', () => {
    expect(progress(limit('soc_percent', 80), NOTHING_YET)).toBeNull();
  });
});

describe('how it is said', () => {
  it('is in the unit of its kind', () => {
    expect(plain(said('energy_wh', 10_000, 'EUR'))).toBe('10 kWh');
    expect(plain(said('energy_wh', 7_500, 'EUR'))).toBe('7.5 kWh');
    expect(plain(said('minutes', 90, 'EUR'))).toBe('1 h 30 min');
    expect(plain(said('soc_percent', 80, 'EUR'))).toBe('80 %');
    expect(said('cost_cents', 1_050, 'EUR')).toContain('10.50');
  });
  it('is called an estimate where it was one', () => {
    expect(plain(limitSaid({ ...limit('soc_percent', 80), estimated: true }, 'EUR'))).toBe('about 80 %');
  });
});
