import { expect, it } from 'vitest';
import { priceAt } from './prices';
import type { ChargePoint, Tariff, TariffUse } from './types';

const POINT = { identity: 'CP1', price_cents_per_kwh: 45 } as ChargePoint;
const tariff = (id: number, name: string): Tariff => ({
  id, name, version: 1, from_at: '2026-03-01T00:00:00Z', tariff: { idle_grace_s: 0, min_price_cents: null, max_price_cents: null, elements: [] },
});
const use = (charge_point: string, connector_id: number, tariff_id: number): TariffUse => ({
  charge_point, connector_id, tariff_id, from_at: '2026-03-01T00:00:00Z',
});
const TARIFFS = [tariff(1, 'Day'), tariff(2, 'Guests')];

it('is the plain price only where no tariff holds', () => {
  const plain = priceAt(POINT, 1, TARIFFS, [use('CP2', 0, 1), use('CP1', 2, 2)], 'EUR').words;
  expect(plain).toContain('0.45');
  expect(plain).toContain('a kWh');
});

it('is the tariff of the connector before that of the charge point', () => {
  const uses = [use('CP1', 0, 1), use('CP1', 2, 2)];
  expect(priceAt(POINT, 1, TARIFFS, uses, 'EUR').words).toBe('Day');
  expect(priceAt(POINT, 2, TARIFFS, uses, 'EUR').words).toBe('Guests');
});

it('never falls back to the plain price where a tariff holds that is not known here', () => {
  expect(priceAt(POINT, 1, [], [use('CP1', 0, 1)], 'EUR').words).toBe('Tariff 1');
});
