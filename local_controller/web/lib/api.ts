/** Calls to the local controller. The session's cookie travels by itself. */
import { HttpError, request } from '@bollard/ui';
import type { AdoptionCode, ChargePoint, Status } from './types';

export const events_url = 'api/events';

export async function login(password: string): Promise<void> {
  try {
    await request<void>('POST', 'api/login', { password });
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) throw new Error('This is not the site’s password.');
    throw error;
  }
}

export const passwordSet = async () => (await request<{ password_set: boolean }>('GET', 'api/setup')).password_set;
export const setUp = (password: string) => request<void>('POST', 'api/setup', { password });
export const setViewer = (password: string) => request<void>('PUT', 'api/viewer-password', { password });
export const forgetViewer = () => request<void>('DELETE', 'api/viewer-password');
const point = (identity: string) => `api/charge-points/${encodeURIComponent(identity)}`;
export const rename = (identity: string, name: string) => request<void>('PATCH', point(identity), { name });
export const newKey = (identity: string) => request<void>('POST', `${point(identity)}/key`);
export const retire = (identity: string) => request<void>('POST', `${point(identity)}/retire`);
const place = (identity: string, connector_id: number) => `${point(identity)}/connectors/${connector_id}`;
export const start = (identity: string, connector_id: number) => request<void>('POST', `${place(identity, connector_id)}/start`);
export const stop = (identity: string, connector_id: number, transaction_id: number) =>
  request<void>('POST', `${place(identity, connector_id)}/stop`, { transaction_id });
export const logout = () => request<void>('POST', 'api/logout');
export const status = () => request<Status>('GET', 'api/status');
export const chargePoints = () => request<ChargePoint[]>('GET', 'api/charge-points');
export const adoptionCode = () => request<AdoptionCode>('POST', 'api/adoption-codes');
export const audit = () => request<void>('POST', 'api/audits');
