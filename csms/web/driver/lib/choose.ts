/** Which charge points are shown, in which order, and how they stand together on the map. Pure. */
import { distance_m, type Where } from './position.svelte';
import type { ChargePointState, Station } from './types';

export interface Filters {
  free: boolean;
  type: string; // an id of the catalogue; empty: any
  min_power_w: number;
  max_price_cents: number; // 0: any
  words: string;
}

export const NO_FILTERS: Filters = { free: false, type: '', min_power_w: 0, max_price_cents: 0, words: '' };

export interface Shown {
  station: Station;
  free: number;
  distance_m: number | null;
}

export function freeConnectors(station: Station): number {
  return station.connectors.filter((row) => row.availability === 'available').length;
}

/** Nearest first where a position is known, else by name. One connector must meet type, power and `free` together. */
export function shown(stations: readonly Station[], filters: Filters, here: Where | null): Shown[] {
  const words = filters.words.trim().toLocaleLowerCase();
  const rows: Shown[] = [];
  for (const station of stations) {
    if (words && !`${station.name} ${station.id} ${station.site.name} ${station.description ?? ''}`.toLocaleLowerCase().includes(words)) continue;
    if (filters.max_price_cents && station.price_cents_per_kwh > filters.max_price_cents) continue;
    const fits = station.connectors.some((row) =>
      (!filters.free || row.availability === 'available') &&
      (!filters.type || row.type === filters.type) &&
      (!filters.min_power_w || (row.power_w ?? 0) >= filters.min_power_w));
    const asked = filters.free || filters.type !== '' || filters.min_power_w > 0;
    if (asked && !fits) continue;
    const there = whereIs(station);
    rows.push({ station, free: freeConnectors(station), distance_m: here && there ? distance_m(here, there) : null });
  }
  const byName = new Intl.Collator(undefined, { numeric: true }).compare;
  return rows.sort((a, b) =>
    (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) || byName(a.station.name, b.station.name));
}

function whereIs(station: Station): Where | null {
  return station.latitude === null || station.longitude === null
    ? null
    : { latitude: station.latitude, longitude: station.longitude };
}

/** A site as the map shows it: its charge points, in the middle of where they stand. */
export interface Place extends Where {
  key: number;
  name: string;
  state: ChargePointState;
  stations: Station[];
  free: number;
}

// The best there is at a place gives its colour: who drives there wants to know whether it is worth it.
const BEST_FIRST: readonly ChargePointState[] = ['Free', 'Reserved', 'Used', 'SiteNotReachable', 'Broken', 'Undefined', 'Dismissed'];

/** One for each site that has a charge point with a position; those without one are nowhere. */
export function places(rows: readonly Shown[]): Place[] {
  const found = new Map<number, Place>();
  for (const { station, free } of rows) {
    const where = whereIs(station);
    if (!where) continue;
    const place = found.get(station.site.id);
    if (!place) {
      found.set(station.site.id, { ...where, key: station.site.id, name: station.site.name, state: station.state, stations: [station], free });
      continue;
    }
    const n = place.stations.push(station);
    place.latitude += (where.latitude - place.latitude) / n;
    place.longitude += (where.longitude - place.longitude) / n;
    place.free += free;
    if (BEST_FIRST.indexOf(station.state) < BEST_FIRST.indexOf(place.state)) place.state = station.state;
  }
  return [...found.values()];
}

/** Several places as one, in the middle of them: where they would lie on each other. */
export function joined(group: readonly Place[]): Place {
  const [first] = group;
  if (!first) throw new Error('no place is no place');
  if (group.length === 1) return first;
  const sum = (of: (place: Place) => number) => group.reduce((total, place) => total + of(place), 0);
  return {
    ...first,
    latitude: sum((place) => place.latitude) / group.length,
    longitude: sum((place) => place.longitude) / group.length,
    state: BEST_FIRST.find((state) => group.some((place) => place.state === state)) ?? first.state,
    stations: group.flatMap((place) => place.stations),
    free: sum((place) => place.free),
  };
}
