/** Saving a charge point: the API has its parts in several places, the form has them in one. */
import * as api from '$api/client';
import type { Draft } from '../blocks/point/PointForm.svelte';
import { toCents } from './cents';
import type { ChargePoint } from './types';

const empty = (value: number | null | undefined): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

function facts(draft: Draft, currency: string) {
  if (empty(draft.latitude) !== empty(draft.longitude)) throw new Error('A place needs both latitude and longitude.');
  return {
    name: draft.name.trim(),
    price_cents_per_kwh: empty(draft.price) ? null : toCents(draft.price, currency),
    latitude: empty(draft.latitude) ? null : draft.latitude,
    longitude: empty(draft.longitude) ? null : draft.longitude,
    description: draft.description.trim() || null,
    notes: draft.notes.trim() || null,
    dismissed: draft.dismissed,
  };
}

async function saveConnectors(draft: Draft, before: ChargePoint): Promise<void> {
  for (const row of draft.connectors) {
    const was = before.connectors.find((each) => each.connector_id === row.connector_id);
    const body = { type: row.type || null, power_w: empty(row.power_kw) ? null : Math.round(row.power_kw * 1000) };
    if (was && was.type === body.type && was.power_w === body.power_w) continue;
    const path = { identity: draft.identity, connector_id: row.connector_id };
    await api.patch('/api/charge-points/{identity}/connectors/{connector_id}', { path, body });
  }
}

export interface Added {
  key: string;
  /** why not all that the form says was saved; empty when it was */
  missing: string;
}

/** Make it; returns its key, which nobody can read again: so also when what comes after it fails. */
export async function add(draft: Draft, currency: string): Promise<Added> {
  const rest = facts(draft, currency);
  let site_id = draft.site_id!;
  if (site_id < 0) {
    const made = await api.post('/api/sites', { body: { name: draft.new_site.trim(), time_zone: draft.time_zone } });
    site_id = draft.site_id = made.id; // a second try must not make a second site
  }
  const evses = draft.connectors.map((row) => row.evse_id);
  const made = await api.post('/api/charge-points', { body: { identity: draft.identity, site_id, evses, name: rest.name } });
  let missing = '';
  try {
    await api.patch('/api/charge-points/{identity}', { path: { identity: draft.identity }, body: rest });
    await saveConnectors(draft, made);
  } catch (error) {
    missing = (error as Error).message;
  }
  return { key: made.authorization_key, missing };
}

/** Change it; refused when somebody else has changed it since `etag` was read. A price that is left alone stays the house's. */
export async function change(draft: Draft, before: ChargePoint, currency: string, etag: string | undefined): Promise<void> {
  const { price_cents_per_kwh, ...rest } = facts(draft, currency);
  const priced = price_cents_per_kwh === before.price_cents_per_kwh ? {} : { price_cents_per_kwh };
  const body = { ...rest, ...priced };
  await api.patch('/api/charge-points/{identity}', { path: { identity: draft.identity }, body, ...(etag ? { ifMatch: etag } : {}) });
  await saveConnectors(draft, before);
}
