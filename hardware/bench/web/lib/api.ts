/** Calls to the bench: each is something a person could do with their hands. What is done to a charge point answers its
 state right after. */
import { request } from '@bollard/ui';
import type { CarChoice, ChargePoint, Choices, NewChargePoint } from './types';

export const events_url = 'api/events';
const ROOT = 'api/charge-points';
const at = (identity: string) => `${ROOT}/${encodeURIComponent(identity)}`;

export const chargePoints = () => request<ChargePoint[]>('GET', ROOT);
export const chargePoint = (identity: string) => request<ChargePoint>('GET', at(identity));
export const choices = () => request<Choices>('GET', 'api/choices');
export const add = (wanted: NewChargePoint) => request<ChargePoint>('POST', ROOT, wanted);
export const remove = (identity: string) => request<void>('DELETE', at(identity));
export const power = (identity: string, on: boolean) => request<ChargePoint>('POST', `${at(identity)}/power`, { on });
export const link = (identity: string, up: boolean) => request<ChargePoint>('POST', `${at(identity)}/link`, { up });

function act(identity: string, connector_id: number, action: string, body: unknown = {}): Promise<ChargePoint> {
  return request<ChargePoint>('POST', `${at(identity)}/connectors/${connector_id}/${action}`, body);
}

export const tap = (identity: string, connector_id: number, uid: string) => act(identity, connector_id, 'tap', { uid });
export const pressStop = (identity: string, connector_id: number) => act(identity, connector_id, 'stop-button');
export const plug = (identity: string, connector_id: number, car: CarChoice) => act(identity, connector_id, 'plug', car);
export const unplug = (identity: string, connector_id: number) => act(identity, connector_id, 'unplug');
/** A car that wants energy acts for itself (it asks once enough is offered); one that does not is held in state B. */
export const wantsEnergy = (identity: string, connector_id: number, wants: boolean) =>
  act(identity, connector_id, 'car', { state: wants ? 'auto' : 'B' });
export const fault = (identity: string, connector_id: number, kind: string, on: boolean) =>
  act(identity, connector_id, on ? 'fault' : 'clear', { kind });
