import { beforeEach, expect, it } from 'vitest';
import { fold, type Rows } from './fold';

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

it('puts a sample into the session and into its connector', () => {
  const sample = { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: 1500, power_w: 11000, cost_cents: 68 };
  expect(fold([{ type: 'MeterSample', data: sample }], rows)).toBe(false);
  expect(rows.active[0]).toMatchObject({ energy_wh: 1500, power_w: 11000, cost_cents: 68 });
  expect(rows.chargePoints[0]!.connectors[0]!.transaction).toMatchObject({ energy_wh: 1500, power_w: 11000 });
});

it('leaves a value alone when a sample does not carry it', () => {
  rows.active[0]!.power_w = 7000;
  fold([{ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 7, energy_wh: 10 } }], rows);
  expect(rows.active[0]!.power_w).toBe(7000);
});

it('asks for the rows when a sample belongs to a session it does not know', () => {
  expect(fold([{ type: 'MeterSample', data: { charge_point: 'CP1', connector_id: 1, transaction_id: 8 } }], rows)).toBe(true);
});

it('shows a fault at once, with its code', () => {
  const fault = { charge_point: 'CP1', connector_id: 1, status: 'Faulted', error_code: 'GroundFailure', status_at: '2025-01-01T00:00:00Z' };
  expect(fold([{ type: 'ConnectorStatus', data: fault }], rows)).toBe(false);
  expect(rows.chargePoints[0]!.connectors[0]).toMatchObject({ status: 'Faulted', error_code: 'GroundFailure' });
});

it('asks for the rows when a connector shows up that it has never seen', () => {
  expect(fold([{ type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 2, status: 'Available' } }], rows)).toBe(true);
  expect(fold([{ type: 'ConnectorStatus', data: { charge_point: 'CP9', connector_id: 1, status: 'Available' } }], rows)).toBe(true);
});

it('takes connector 0, the charge point itself, for nothing missing', () => {
  expect(fold([{ type: 'ConnectorStatus', data: { charge_point: 'CP1', connector_id: 0, status: 'Available' } }], rows)).toBe(false);
});

it('asks for the rows when a session starts or ends', () => {
  expect(fold([{ type: 'TransactionStarted', data: { charge_point: 'CP1' } }], rows)).toBe(true);
  expect(fold([{ type: 'TransactionEnded', data: { charge_point: 'CP1' } }], rows)).toBe(true);
});
