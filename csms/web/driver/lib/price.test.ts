import { expect, test } from 'vitest';
import { priceWords } from './price';
import type { InForce } from './types';

const words = (price: Partial<InForce>) =>
  priceWords({ price_cents_per_kwh: 45, currency: 'EUR', tariff: null, ...price }).map((line) => line.replaceAll('\u00a0', ' '));
const element = (type: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT', price_cents: string, more: Record<string, unknown> = {}, vat_percent = '0') =>
  ({ price_components: [{ type, price_cents, vat_percent, step_size: 1 }], restrictions: more });

test('without a tariff there is a price a kilowatt-hour', () => {
  expect(words({})).toEqual(['€0.45 per kWh']);
});

test('prices are said with VAT, each with when it holds', () => {
  const tariff = {
    elements: [
      element('ENERGY', '50', {}, '22'), element('FLAT', '100'),
      element('PARKING_TIME', '600', { start_time: '08:00:00', end_time: '20:00:00', day_of_week: ['MONDAY', 'SUNDAY'] }),
      element('TIME', '120', { reservation: 'RESERVATION' }), element('ENERGY', '40', { min_kwh: '30' }),
    ],
    min_price_cents: 150, max_price_cents: null, idle_grace_s: 600,
  };
  expect(words({ tariff })).toEqual([
    '€0.61 per kWh', '€1.00 per charge', '€6.00 per hour once the car is full (08:00–20:00, Mon, Sun)', '€1.20 per hour of reservation',
    '€0.40 per kWh (≥ 30 kWh)', 'The first 10 min after charging are free.', 'At least €1.50',
  ]);
});

test('every condition of the server is said: days of the calendar, and a reservation that nobody comes for', () => {
  const tariff = {
    elements: [
      element('ENERGY', '50', { start_date: '2026-06-01', end_date: '2026-09-01' }),
      element('FLAT', '500', { reservation: 'RESERVATION_EXPIRES' }), element('ENERGY', '40', { reservation: 'RESERVATION' }),
    ],
    min_price_cents: null, max_price_cents: null, idle_grace_s: 0,
  };
  expect(words({ tariff })).toEqual([
    '€0.50 per kWh (from Jun 1, 2026, before Sep 1, 2026)', '€5.00 per reservation (if nobody comes)', '€0.40 per kWh',
  ]);
});

test('a price is not rounded to the cent', () => {
  const tariff = { elements: [element('ENERGY', '12.34'), element('ENERGY', '10', {}, '22')], min_price_cents: null, max_price_cents: null, idle_grace_s: 0 };
  expect(words({ tariff })).toEqual(['€0.1234 per kWh', '€0.122 per kWh']);
});
