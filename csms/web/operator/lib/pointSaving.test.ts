import { afterEach, expect, test, vi } from 'vitest';
import type { Draft } from '../blocks/point/PointForm.svelte';
import { add } from './pointSaving';

const DRAFT: Draft = {
  identity: 'CP1', site_id: 1, new_site: '', time_zone: 'UTC', name: 'Gate', price: null, latitude: null, longitude: null, description: '',
  notes: '', dismissed: false, connectors: [{ connector_id: 1, evse_id: 1, type: 'type2', power_kw: 22 }],
};
const MADE = { identity: 'CP1', authorization_key: 'c0ffee', connectors: [{ connector_id: 1, type: null, power_w: null }] };

/** A server that makes the charge point and answers what comes after it, a change to a path, with `changes`. */
function serverOf(changes: (path: string) => Response): void {
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => (method === 'POST' ? Response.json(MADE, { status: 201 }) : changes(path)));
}
afterEach(() => vi.unstubAllGlobals());

test('a charge point that is made gives its key', async () => {
  serverOf(() => Response.json({}));
  expect(await add(structuredClone(DRAFT), 'EUR')).toEqual({ key: 'c0ffee', missing: '' });
});

test('its key is given also where the rest of the form could not be saved', async () => {
  serverOf((path) => (path.includes('/connectors/') ? Response.json({ detail: 'too much power' }, { status: 422 }) : Response.json({})));
  expect(await add(structuredClone(DRAFT), 'EUR')).toEqual({ key: 'c0ffee', missing: 'too much power' });
  serverOf(() => Response.error());
  const added = await add(structuredClone(DRAFT), 'EUR');
  expect(added.key).toBe('c0ffee');
  expect(added.missing).not.toBe('');
});

test('where it was not made there is no key', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ detail: 'there is a CP1' }, { status: 409 }));
  await expect(add(structuredClone(DRAFT), 'EUR')).rejects.toThrow('there is a CP1');
});
