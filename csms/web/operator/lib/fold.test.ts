import type { StreamEvent } from '@bollard/ui';
import { beforeEach, expect, it } from 'vitest';
import { about, fold, join, type Rows } from './fold';

let rows: Rows;

beforeEach(() => {
  rows = {
    chargePoints: [{
      identity: 'CP1', name: 'CP1', site: { id: 1, name: 'demo', emergency_number: null }, online: true, via: 'site', last_seen_at: null, price_cents_per_kwh: 45,
      state: 'Used', model: null, vendor: null, firmware_version: null, latitude: null, longitude: null,
      description: null, notes: null, dismissed: false,
      connectors: [{
        evse_id: 1, availability: 'used', type: null, power_w: null,
        connector_id: 1, status: 'Charging', error_code: 'NoError', status_at: null, code: '7K3M9QXA',
        transaction: { transaction_id: 7, id_tag: 'AA', started_at: '', energy_wh: 0, power_w: 0, cost_cents: 0 },
      }],
    }],
    active: [{
      transaction_id: 7, charge_point: 'CP1', connector_id: 1, id_tag: 'AA', user: null, started_at: '', ended_at: null,
      energy_wh: 0, power_w: 0, price_cents_per_kwh: 45, cost_cents: 0, stop_reason: null, state: 'active', flags: [],
      authorization: 'Accepted', meter_start_wh: 0, meter_stop_wh: null, limit: null,
    }],
  };
});

/** Fold them in, and tell whether the rows should be read again. */
function folded(...events: StreamEvent[]): boolean {
  const { incomplete, ...after } = fold(events, rows);
  rows = after;
  return incomplete;
}

it('puts a sample into the session and into its connector', () => {
  const sample = { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: 1500, power_w: 11000, cost_cents: 68 };
  expect(folded({ type: 'MeterSample', data: sample })).toBe(false);
  expect(rows.active[0]).toMatchObject({ energy_wh: 1500, power_w: 11000, cost_cents: 68 });
  expect(rows.chargePoints[0]!.connectors[0]!.transaction).toMatchObject({ energy_wh: 1500, power_w: 11000 });
});

it('leaves a value alone when a sample does not carry it', () => {
  rows = { ...rows, active: [{ ...rows.active[0]!, power_w: 7000 }] };
  folded({ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: 10 } });
  expect(rows.active[0]!.power_w).toBe(7000);
});

it('asks for the rows when a sample belongs to a session it does not know', () => {
  expect(folded({ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 8 } })).toBe(true);
});

it('shows a fault at once, with its code', () => {
  const fault = { charge_point: 'CP1', connector_id: 1, status: 'Faulted', error_code: 'GroundFailure', status_at: '2025-01-01T00:00:00Z' };
  expect(folded({ type: 'ConnectorStatus', data: fault })).toBe(false);
  expect(rows.chargePoints[0]!.connectors[0]).toMatchObject({ status: 'Faulted', error_code: 'GroundFailure' });
});

it('asks for the rows when a connector shows up that it has never seen', () => {
  expect(folded({ type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 2, status: 'Available' } })).toBe(true);
  expect(folded({ type: 'ConnectorStatus', data: { charge_point: 'CP9', connector_id: 1, status: 'Available' } })).toBe(true);
});

it('takes connector 0, the charge point itself, for nothing missing', () => {
  expect(folded({ type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 0, status: 'Available' } })).toBe(false);
});

it('asks for the rows when a session starts or ends', () => {
  expect(folded({ type: 'TransactionStarted', data: { charge_point: 'CP1' } })).toBe(true);
  expect(folded({ type: 'TransactionEnded', data: { charge_point: 'CP1' } })).toBe(true);
});

it('makes anew what changes and leaves the rest the same objects', () => {
  const other = { ...rows.chargePoints[0]!, identity: 'CP2', connectors: [] };
  rows = { ...rows, chargePoints: [...rows.chargePoints, other] };
  const before = rows;
  folded({ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: 5 } });
  expect(before.active[0]!.energy_wh).toBe(0);
  expect(rows.chargePoints[0]).not.toBe(before.chargePoints[0]);
  expect(rows.chargePoints[1]).toBe(other);
  const after = rows;
  folded({ type: 'TransactionStarted', data: { charge_point: 'CP1' } });
  expect(rows.chargePoints).toBe(after.chargePoints);
});

it('ends at the last of many samples, whichever of them a batch leaves out', () => {
  const sample = (n: number): StreamEvent =>
    ({ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: n, power_w: n === 1 ? 9 : null } });
  const events = Array.from({ length: 500 }, (_, n) => sample(n + 1));
  const left = events.reduce((before, after) => join(before, after));
  const one_by_one = fold(events, rows);
  expect(fold([left], rows)).toEqual(one_by_one);
  expect(one_by_one.active[0]).toMatchObject({ energy_wh: 500, power_w: 9 });
});

it('takes samples of one transaction, and states of one connector, for the same thing and no others', () => {
  const sample = (transaction_id: number) => about({ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id } });
  const status = (charge_point: string, connector_id: number) => about({ type: 'ConnectorStatus', data: { charge_point, connector_id } });
  expect(sample(7)).toBe(sample(7));
  expect(new Set([sample(7), sample(8), status('CP1', 1), status('CP1', 2), status('CP2', 1)]).size).toBe(5);
  expect(about({ type: 'TransactionEnded', data: { transaction_id: 7 } })).toBeNull();
  const fault: StreamEvent = { type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 1, status: 'Faulted', error_code: 'GroundFailure' } };
  const well: StreamEvent = { type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 1, status: 'Available' } };
  expect(join(fault, well)).toEqual(well); // a fault that is gone leaves no code behind
});
