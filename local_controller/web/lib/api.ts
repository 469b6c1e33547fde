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

export const logout = () => request<void>('POST', 'api/logout');
export const status = () => request<Status>('GET', 'api/status');
export const chargePoints = () => request<ChargePoint[]>('GET', 'api/charge-points');
export const adoptionCode = () => request<AdoptionCode>('POST', 'api/adoption-codes');
export const audit = () => request<void>('POST', 'api/audits');
