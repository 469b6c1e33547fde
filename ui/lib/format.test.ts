import { describe, expect, it } from 'vitest';
import { countdown, duration, kilowattHours, kilowatts, money, since } from './format.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('power and energy', () => {
  it('shows two decimals below ten kilowatts and one from there on', () => {
    expect(plain(kilowatts(7360, 'en'))).toBe('7.36 kW');
    expect(plain(kilowatts(9999, 'en'))).toBe('10.0 kW');
    expect(plain(kilowatts(22080, 'en'))).toBe('22.1 kW');
  });

  it('follows the locale', () => {
    expect(plain(kilowattHours(1234567, 3, 'sv'))).toBe('1 234,567 kWh');
    expect(plain(kilowattHours(12345, 2, 'en'))).toBe('12.35 kWh');
  });
});

describe('money', () => {
  it('is minor units of the currency, whatever their number', () => {
    expect(plain(money(531, 'EUR', 'en'))).toBe('€5.31');
    expect(plain(money(531, 'SEK', 'sv'))).toBe('5,31 kr');
    expect(plain(money(531, 'JPY', 'en'))).toBe('¥531');
  });
});

describe('time', () => {
  it('never shows a negative duration or countdown when two clocks differ', () => {
    expect(plain(duration(-4000))).toBe('0 s');
    expect(countdown(-1)).toBe('0:00');
  });

  it('grows from seconds to minutes to hours', () => {
    expect(plain(duration(42_900))).toBe('42 s');
    expect(plain(duration(725_000))).toBe('12 min 05 s');
    expect(plain(duration(7_800_000))).toBe('2 h 10 min');
  });

  it('counts the last second down to its end', () => {
    expect(countdown(1)).toBe('0:01');
    expect(countdown(899_000)).toBe('14:59');
  });

  it('names the day once a day has passed', () => {
    const now = Date.parse('2025-03-02T12:00:00Z');
    expect(plain(since('2025-03-02T11:57:00Z', now))).toBe('3 min ago');
    expect(since('2025-02-27T09:30:00Z', now, 'Europe/Rome', 'en')).toContain('27');
  });
});
