/** Put events into the rows a page holds. Pure: rows that change are made anew, the others stay the same objects. */
import { filledIn, type StreamEvent } from '@bollard/ui';
import { stateAfter } from './states';
import type { ChargePoint, Connector, Session } from './types';

export interface Rows {
  readonly chargePoints: readonly ChargePoint[];
  readonly active: readonly Session[];
}

export interface Folded extends Rows {
  /** an event told of more than it carries, and the rows should be read again */
  incomplete: boolean;
}

export const EVENT_TYPES = [
  'ChargePointConnected', 'ChargePointDisconnected', 'ConnectorStatus', 'TransactionStarted', 'MeterSample', 'TransactionEnded',
  'ReservationChanged', 'ProblemReported', 'Alert',
] as const;

/** Of samples of one transaction, and of states of one connector, the last one counts. */
export function about({ type, data }: StreamEvent): string | null {
  if (type === 'MeterSample') return `sample ${data['transaction_id']}`;
  if (type === 'ConnectorStatus') return `status ${data['charge_point']} ${data['connector_id']}`;
  return null;
}

/** A later sample does not take back what it says nothing of. */
export function join(before: StreamEvent, after: StreamEvent): StreamEvent {
  return after.type === 'MeterSample' ? filledIn(before, after) : after;
}

/** Fields of a running transaction that a sample may renew. */
const LIVE_FIELDS = ['energy_wh', 'power_w', 'cost_cents'] as const;

export function fold(events: readonly StreamEvent[], rows: Rows): Folded {
  const chargePoints = new Held(rows.chargePoints, (row) => row.identity);
  const sessions = new Held(rows.active, (row) => row.transaction_id);
  let incomplete = false;
  for (const { type, data } of events) {
    const identity = data['charge_point'] as string;
    const chargePoint = chargePoints.get(identity);
    const connector = chargePoint?.connectors.find((row) => row.connector_id === data['connector_id']);
    switch (type) {
      case 'ChargePointConnected':
      case 'ChargePointDisconnected':
        if (chargePoint) chargePoints.put({ ...chargePoint, online: type === 'ChargePointConnected' });
        incomplete = true; // by which way it is reached is in the row only
        break;
      case 'ConnectorStatus':
        if (!chargePoint || !connector) incomplete = chargePoint === undefined || data['connector_id'] !== 0 || incomplete;
        else {
          const changed = withConnector(chargePoint, {
            ...connector,
            status: data['status'] as string,
            error_code: (data['error_code'] as string | undefined) ?? null,
            status_at: (data['status_at'] as string | undefined) ?? connector.status_at,
          });
          chargePoints.put({ ...changed, state: stateAfter(changed) });
        }
        break;
      case 'MeterSample': {
        const transaction_id = data['transaction_id'] as number;
        const session = sessions.get(transaction_id);
        if (session) sessions.put(renewed(session, data));
        else incomplete = true;
        if (chargePoint && connector?.transaction?.transaction_id === transaction_id) {
          chargePoints.put(withConnector(chargePoint, { ...connector, transaction: renewed(connector.transaction, data) }));
        }
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
  return { chargePoints: chargePoints.rows, active: sessions.rows, incomplete };
}

/** Rows by their key. The list is copied at the first change, and stays the same one where there is none. */
class Held<K, Row> {
  rows: readonly Row[];
  #places: Map<K, number>;
  #key: (row: Row) => K;
  #own: Row[] | undefined;

  constructor(rows: readonly Row[], key: (row: Row) => K) {
    this.rows = rows;
    this.#key = key;
    this.#places = new Map(rows.map((row, place) => [key(row), place]));
  }

  get(key: K): Row | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.rows[place];
  }

  put(row: Row): void {
    this.rows = this.#own ??= [...this.rows];
    this.#own[this.#places.get(this.#key(row))!] = row;
  }
}

function withConnector(of: ChargePoint, changed: Connector): ChargePoint {
  return { ...of, connectors: of.connectors.map((row) => (row.connector_id === changed.connector_id ? changed : row)) };
}

function renewed<R extends Pick<Session, (typeof LIVE_FIELDS)[number]>>(row: R, data: Record<string, unknown>): R {
  const made = { ...row };
  for (const field of LIVE_FIELDS) {
    const value = data[field];
    if (typeof value === 'number') made[field] = value;
  }
  return made;
}
