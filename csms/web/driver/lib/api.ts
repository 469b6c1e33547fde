/** Calls to the CSMS, one function a purpose; the session's cookie travels by itself. */
import { HttpError, send } from '@bollard/ui';
import { t } from './language.svelte';
import { once } from './once';
import { shell } from './shell.svelte';
import type * as T from './types';

// The app is at /app/, the API beside it: both may be below some other path.
const BASE = '../api/';
export const events_url = `${BASE}events?as_driver=true`;

async function call<R>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<R> {
  try {
    const answer = await send(method, BASE + path, body, headers);
    shell.note(true);
    return answer.body as R;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    shell.note(error.status !== 0);
    if (error.status === 0) throw new HttpError(0, t(method === 'GET' ? 'no_answer' : 'answer_lost'));
    if (error.status === 429) throw new HttpError(429, t('too_many'));
    throw error;
  }
}

const get = <R>(path: string) => call<R>('GET', path);
const post = <R>(path: string, body: unknown = {}, headers?: Record<string, string>) => call<R>('POST', path, body, headers);
const postOnce = <R>(path: string, body: unknown) =>
  once(`${path} ${JSON.stringify(body)}`, (headers) => post<R>(path, body, headers));
const at = (id: string) => `station/${encodeURIComponent(id)}`;

// people

export async function login(email: string, password: string): Promise<T.Me> {
  try {
    return (await post<{ user: T.Me }>('auth/login', { email, password })).user;
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) throw new HttpError(401, t('wrong_password'));
    throw error;
  }
}

export async function register(email: string, name: string, password: string, language: string): Promise<T.Me> {
  try {
    return (await post<{ user: T.Me }>('auth/register', { email, name, password, language })).user;
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) throw new HttpError(409, t('email_taken'));
    throw error;
  }
}

export const logout = () => post<void>('auth/logout');
export const askForReset = (email: string) => post<void>('auth/resetPasswordToken', { email });

/** Who is logged in here; null for nobody. */
export async function me(): Promise<T.Me | null> {
  try {
    return await get<T.Me>('auth/me');
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) return null;
    throw error;
  }
}

export const profile = () => get<T.Profile>('user');
export const changeProfile = (change: Record<string, string>) => call<T.Profile>('PATCH', 'user', change);
export const deleteAccount = (password: string, give_up_credit: boolean) => call<void>('DELETE', 'user', { password, give_up_credit });
export const export_url = `${BASE}user/export`;

// places

/** The nearest first where a position is given; a thousand at most. */
export function stations(near: { latitude: number; longitude: number } | null): Promise<T.Station[]> {
  const where = near ? `&latitude=${near.latitude.toFixed(5)}&longitude=${near.longitude.toFixed(5)}` : '';
  return get(`station?limit=1000${where}`);
}

export const station = (id: string) => get<T.Station>(at(id));
export const byCode = (code: string) => get<T.ByCode>(`connectors/${encodeURIComponent(code)}`);
export const connectorTypes = () => get<T.ConnectorType[]>('connector');
export const about = () => get<T.About>('about');
export const tariff = (id: string, connector_id: number) =>
  get<T.InForce>(`charge-points/${encodeURIComponent(id)}/connectors/${connector_id}/tariff`);
export const reportProblem = (id: string, connector_id: number | null, kind: string, text: string) =>
  post<{ emergency_number: string }>(`${at(id)}/problems`, { kind, text, connector_id });

// charging

export const start = (id: string, connector_id: number, car: T.CarWord, limit: T.LimitWish | null) =>
  postOnce<T.Asked>(`${at(id)}/start_charging`, { connector_id, ...car, limit });
export const setLimit = (transaction_id: number, limit: T.LimitWish) => call<T.Limit>('PUT', `user/charging/${transaction_id}/limit`, limit);
export const removeLimit = (transaction_id: number) => call<void>('DELETE', `user/charging/${transaction_id}/limit`);
export const sayOfCar = (transaction_id: number, car: T.CarWord) => call<T.Battery | null>('PUT', `user/charging/${transaction_id}/car`, car);
export const stop = (id: string, connector_id: number) => post<T.Asked>(`${at(id)}/stop_charging`, { connector_id });
export const reserve = (id: string, connector_id: number) => postOnce<T.Reservation>(`${at(id)}/reserve`, { connector_id });
export const cancelReservation = (id: string) => post<T.Reservation>(`${at(id)}/cancel_reservation`);
export const reservations = () => get<T.Reservation[]>('reservations?limit=5');
export const charging = () => get<T.Charging[]>('user/charging');
export const endedSessions = (offset: number, limit: number) => get<T.Session[]>(`sessions?state=ended&limit=${limit}&offset=${offset}`);
export const session = (id: number) => get<T.SessionWithSamples>(`sessions/${id}`);
export const bill = (id: number) => get<T.Bill>(`sessions/${id}/bill`);
export const receipt_url = (id: number) => `${BASE}sessions/${id}/receipt`;
export const receipt_pdf_url = (id: number) => `${BASE}sessions/${id}/receipt.pdf`;

// money

export const balance = () => get<T.Balance>('wallet');
export const movements = (limit: number) => get<T.Movement[]>(`wallet/movements?limit=${limit}`);
export const topUp = (amount_cents: number) => postOnce<T.TopUp>('top-ups', { amount_cents });
export const settleInSandbox = (reference: string, paid: boolean) => post<void>(`sandbox/payments/${reference}`, { paid });

// what is mine

export const cards = () => get<T.Card[]>('cards/mine');
export const vehicles = () => get<T.Vehicle[]>('vehicles');
export const addVehicle = (vehicle: T.NewVehicle) => post<T.Vehicle>('vehicles', vehicle);
export const changeVehicle = (id: number, vehicle: T.NewVehicle) => call<T.Vehicle>('PUT', `vehicles/${id}`, vehicle);
export const removeVehicle = (id: number) => call<void>('DELETE', `vehicles/${id}`);

// notices

export const notices = () => get<T.Notice[]>('notifications?limit=100');
/** How many there are that nobody has read. */
export async function unread(): Promise<number> {
  const { headers } = await send('GET', `${BASE}notifications?unread=true&limit=1`);
  return Number(headers.get('X-Total-Count') ?? 0);
}
export const readAll = () => post<void>('notifications/read');
export const noticeSettings = () => get<T.NoticeSettings>('notifications/settings');
export const changeNoticeSettings = (settings: T.NoticeSettings) => call<T.NoticeSettings>('PUT', 'notifications/settings', settings);
export const pushKey = () => get<{ public_key: string }>('push-key');
export const subscriptions = () => get<T.Subscription[]>('push-subscriptions');
export const unsubscribe = (id: number) => call<void>('DELETE', `push-subscriptions/${id}`);
export const subscribe = (subscription: PushSubscriptionJSON) => post<T.Subscription>('push-subscriptions', subscription);
