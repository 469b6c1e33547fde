/** Calls to the CSMS. One function a purpose; the session's cookie travels by itself. */
import { HttpError, request } from '@bollard/ui';
import type { Card, ChargePoint, Quarantined, Session, Site, User } from './types';

export const events_url = 'api/events';
const RECENT = 12;

export async function login(email: string, password: string): Promise<User> {
  try {
    const answer = await request<{ user: User }>('POST', 'api/auth/login', { email, password });
    return answer.user;
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) throw new Error('This e-mail and password do not match.');
    throw error;
  }
}

export const logout = () => request<void>('POST', 'api/auth/logout');

/** Who is logged in here; null for nobody. */
export async function me(): Promise<User | null> {
  try {
    return await request<User>('GET', 'api/auth/me');
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) return null;
    throw error;
  }
}

export const chargePoints = () => request<ChargePoint[]>('GET', 'api/charge-points');
export const sites = () => request<Site[]>('GET', 'api/sites');
export const cards = () => request<Card[]>('GET', 'api/cards');
export const activeSessions = () => request<Session[]>('GET', 'api/sessions?state=active&limit=200');
export const recentSessions = () => request<Session[]>('GET', `api/sessions?state=ended&limit=${RECENT}`);

export const quarantine = () => request<Quarantined[]>('GET', 'api/quarantine?limit=5');

/** Ask a charge point to start. `Accepted` means it will try; the session appears when it did. */
export async function remoteStart(identity: string, connector_id: number, id_tag: string): Promise<string> {
  const path = `api/charge-points/${encodeURIComponent(identity)}/connectors/${connector_id}/remote-start`;
  return (await request<{ status: string }>('POST', path, { id_tag })).status;
}

export async function remoteStop(transaction_id: number): Promise<string> {
  return (await request<{ status: string }>('POST', `api/sessions/${transaction_id}/remote-stop`)).status;
}
