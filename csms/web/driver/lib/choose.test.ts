import { expect, test } from 'vitest';
import { NO_FILTERS, places, shown } from './choose';
import type { Connector, Station } from './types';

const HERE = { latitude: 45.07, longitude: 7.68 };

function connector(fields: Partial<Connector> = {}): Connector {
  return {
    connector_id: 1, evse_id: 1, code: '00000000', status: 'Available', availability: 'available', type: 'type2', power_w: 11_000,
    price_cents_per_kwh: 45, price_text: '', ...fields,
  };
}

function station(id: string, fields: Partial<Station> = {}): Station {
  return {
    id, name: id, state: 'Free', latitude: 45.07, longitude: 7.68, description: null, price_cents_per_kwh: 45, last_heartbeat: null,
    site: { id: 1, name: 'Site' }, emergency_number: '', connectors: [connector()], ...fields,
  };
}

const ids = (rows: { station: Station }[]) => rows.map((row) => row.station.id);

test('the nearest comes first, one without a position last', () => {
  const rows = shown([station('far', { latitude: 45.2 }), station('nowhere', { latitude: null, longitude: null }), station('near')], NO_FILTERS, HERE);
  expect(ids(rows)).toEqual(['near', 'far', 'nowhere']);
  expect(rows[1]!.distance_m).toBeGreaterThan(14_000);
  expect(rows[1]!.distance_m).toBeLessThan(15_000);
});

test('without a position they stand by name, numbers as numbers', () => {
  expect(ids(shown([station('CP10'), station('CP9')], NO_FILTERS, null))).toEqual(['CP9', 'CP10']);
});

test('one connector must be free, of the type and strong enough, all at once', () => {
  const two = station('two', {
    connectors: [connector({ availability: 'occupied', type: 'ccs2', power_w: 60_000 }), connector({ connector_id: 2 })],
  });
  expect(shown([two], { ...NO_FILTERS, free: true, type: 'type2' }, null)).toHaveLength(1);
  expect(shown([two], { ...NO_FILTERS, free: true, type: 'ccs2' }, null)).toHaveLength(0);
  expect(shown([two], { ...NO_FILTERS, min_power_w: 50_000 }, null)).toHaveLength(1);
  expect(shown([two], { ...NO_FILTERS, max_price_cents: 40 }, null)).toHaveLength(0);
});

test('words are looked for in name, identity, site and description, whatever their case', () => {
  const rows = [station('CP1', { name: 'Market Square' }), station('CP2', { site: { id: 2, name: 'Harbour' } })];
  expect(ids(shown(rows, { ...NO_FILTERS, words: ' market ' }, null))).toEqual(['CP1']);
  expect(ids(shown(rows, { ...NO_FILTERS, words: 'harb' }, null))).toEqual(['CP2']);
});

test('a site is one marker in the middle, as good as its best charge point', () => {
  const rows = [
    station('a', { state: 'Broken', latitude: 45.0, connectors: [connector({ availability: 'inoperative' })] }),
    station('b', { latitude: 45.2 }), station('c', { site: { id: 2, name: 'Other' }, state: 'Used', connectors: [] }),
    station('d', { latitude: null, longitude: null }),
  ];
  const found = places(shown(rows, NO_FILTERS, null));
  expect(found.map(({ name, state, free, stations }) => [name, state, free, stations.length])).toEqual([['Site', 'Free', 1, 2], ['Other', 'Used', 0, 1]]);
  expect(found[0]!.latitude).toBeCloseTo(45.1);
});
