/** Calls to the CSMS that more than one part of the dashboard makes. The session's cookie travels by itself. */
import * as api from '$api/client';
import { HttpError } from '@bollard/ui';
import type { Me } from './types';

export const events_url = api.href('/api/events');

export async function login(email: string, password: string): Promise<Me> {
  try {
    return (await api.post('/api/auth/login', { body: { email, password } })).user;
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) throw new Error('This e-mail and password do not match.');
    throw error;
  }
}

export const logout = () => api.post('/api/auth/logout');

/** Who is logged in here; null for nobody. */
export async function me(): Promise<Me | null> {
  try {
    return await api.get('/api/auth/me');
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) return null;
    throw error;
  }
}

/** What the dashboard holds at most of what there is; lists beyond it are searched and turned over in the API. */
export const MOST_HELD = 5000;

export const chargePoints = () => api.all('/api/charge-points', {}, MOST_HELD);
export const sites = () => api.get('/api/sites');
export const cards = () => api.get('/api/cards');
export const activeSessions = () => api.all('/api/sessions', { query: { state: 'active' } }, MOST_HELD);
export const overview = () => api.get('/api/overview');

/** Ask a charge point to start. `Accepted` means it will try; the session appears when it did. */
export async function remoteStart(identity: string, connector_id: number, id_tag: string): Promise<string> {
  const path = { identity, connector_id };
  return (
    await api.post('/api/charge-points/{identity}/connectors/{connector_id}/remote-start', { path, body: { id_tag } })
  ).status;
}

export async function remoteStop(transaction_id: number): Promise<string> {
  return (await api.post('/api/sessions/{transaction_id}/remote-stop', { path: { transaction_id } })).status;
}
