/** Put events into the rows a page holds. Pure but for the rows themselves, which change in place, field by field. */
import type { StreamEvent } from '@bollard/ui';
import { stateAfter } from './states';
import type { ChargePoint, Session } from './types';

export interface Rows {
  chargePoints: ChargePoint[];
  active: Session[];
}

export const EVENT_TYPES = [
  'ChargePointConnected', 'ChargePointDisconnected', 'ConnectorStatus', 'TransactionStarted', 'MeterSample', 'TransactionEnded',
  'ReservationChanged', 'ProblemReported', 'Alert',
] as const;

/** Fields of a running transaction that a sample may renew. */
const LIVE_FIELDS = ['energy_wh', 'power_w', 'cost_cents'] as const;

/** Returns true when an event tells of more than it carries and the rows should be read again. */
export function fold(events: StreamEvent[], rows: Rows): boolean {
  const chargePoints = new Map(rows.chargePoints.map((row) => [row.identity, row]));
  const sessions = new Map(rows.active.map((row) => [row.transaction_id, row]));
  let incomplete = false;
  for (const { type, data } of events) {
    const chargePoint = chargePoints.get(data['charge_point'] as string);
    const connector = chargePoint?.connectors.find((row) => row.connector_id === data['connector_id']);
    switch (type) {
      case 'ChargePointConnected':
      case 'ChargePointDisconnected':
        if (chargePoint) chargePoint.online = type === 'ChargePointConnected';
        incomplete = true; // by which way it is reached is in the row only
        break;
      case 'ConnectorStatus':
        if (!connector) incomplete = chargePoint === undefined || data['connector_id'] !== 0 || incomplete;
        else {
          connector.status = data['status'] as string;
          connector.error_code = (data['error_code'] as string | undefined) ?? null;
          connector.status_at = (data['status_at'] as string | undefined) ?? connector.status_at;
          chargePoint!.state = stateAfter(chargePoint!);
        }
        break;
      case 'MeterSample': {
        const session = sessions.get(data['transaction_id'] as number);
        if (session) renew(session, data);
        else incomplete = true;
        if (connector?.transaction?.transaction_id === data['transaction_id']) renew(connector!.transaction!, data);
        break;
      }
      case 'TransactionStarted':
      case 'TransactionEnded':
      case 'ReservationChanged':
      case 'ProblemReported':
      case 'Alert': // it may tell of a message that was kept aside
        incomplete = true;
        break;
    }
  }
  return incomplete;
}

function renew(row: Pick<Session, (typeof LIVE_FIELDS)[number]>, data: Record<string, unknown>): void {
  for (const field of LIVE_FIELDS) {
    const value = data[field];
    if (typeof value === 'number') row[field] = value;
  }
}
