/** What runs for this driver now: the charge, the reservation, the money, the news. Kept current by the event stream. */
import { EventStream, filledIn, HttpError, type StreamEvent } from '@bollard/ui';
import { account } from './account.svelte';
import * as api from './api';
import { keep, kept } from './kept';
import { places } from './places.svelte';
import type { Balance, Charging, PlaceNow, Reservation } from './types';

interface Snapshot {
  sessions: Charging[];
  reservation: Reservation | null;
  balance: Balance | null;
  unread: number;
}

const NOTHING: Snapshot = { sessions: [], reservation: null, balance: null, unread: 0 };
const TYPES = ['TransactionStarted', 'MeterSample', 'RunningCost', 'LimitReached', 'TransactionEnded', 'ReservationChanged', 'Notified',
  'PlacesChanged'] as const;

class Mine {
  sessions = $state<Charging[]>([]);
  reservation = $state.raw<Reservation | null>(null);
  balance = $state.raw<Balance | null>(null);
  unread = $state(0);
  /** counts up with whatever happened beyond new figures of a charge, so that pages about one know when to read again */
  news = $state(0);
  #asOf_ms = $state<number | null>(null);

  readonly #stream = new EventStream({
    url: api.events_url,
    types: TYPES,
    opened: () => places.missed(),
    read: () => this.#read(),
    apply: (events) => this.#apply(events),
    about: ({ type, data }) => (type === 'MeterSample' ? `sample ${data['transaction_id']}` : null),
    join: filledIn,
  });

  constructor() {
    places.live = () => this.#stream.freshness === 'live';
  }

  get freshness() {
    return this.#stream.freshness;
  }

  /** When what is shown was true; null while nothing is known. */
  get asOf_ms(): number | null {
    return this.#stream.heard_at_ms ?? this.#asOf_ms;
  }

  open(): void {
    const before = kept<Snapshot>('my.now');
    this.#take(before?.value ?? NOTHING);
    this.#asOf_ms = before?.at_ms ?? null;
    this.#stream.open();
  }

  close(): void {
    this.#stream.close();
    this.#take(NOTHING);
    this.#asOf_ms = null;
  }

  refresh(): void {
    this.#stream.refresh();
  }

  /** Read now: for who has just changed something and shows the outcome. */
  async reread(): Promise<void> {
    await this.#read();
  }

  at(charge_point: string, connector_id?: number): Charging | undefined {
    return this.sessions.find((row) =>
      row.charge_point === charge_point && (connector_id === undefined || row.connector_id === connector_id));
  }

  #take(now: Snapshot): void {
    this.sessions = now.sessions;
    this.reservation = now.reservation;
    this.balance = now.balance;
    this.unread = now.unread;
  }

  async #read(): Promise<void> {
    const whose = account.user?.id;
    try {
      const [sessions, reservations, balance, unread] = await Promise.all([
        api.charging(), api.reservations(), api.balance(), api.unread(),
      ]);
      if (account.user?.id !== whose) return; // they have left meanwhile
      const standing = reservations.find((row) =>
        (row.state === 'pending' || row.state === 'confirmed') && Date.parse(row.expires_at) > Date.now());
      const now = { sessions, reservation: standing ?? null, balance, unread };
      this.#take(now);
      keep('my.now', now);
    } catch (error) {
      if (error instanceof HttpError && error.status === 401 && account.user?.id === whose) account.expired();
      throw error;
    }
  }

  #apply(events: StreamEvent[]): void {
    let incomplete = false;
    for (const { type, data } of events) {
      if (type === 'PlacesChanged') {
        places.hear(data['places'] as PlaceNow[]);
        continue;
      }
      const session = this.sessions.find((row) => row.transaction_id === data['transaction_id']);
      if ((type === 'MeterSample' || type === 'RunningCost') && session) {
        for (const field of ['energy_wh', 'power_w', 'cost_cents'] as const) {
          if (typeof data[field] === 'number') session[field] = data[field];
        }
        if (typeof data['soc_percent'] === 'number') [session.soc_percent, session.soc_measured] = [data['soc_percent'], true];
      } else incomplete = true;
    }
    if (!incomplete) return;
    this.news++;
    this.#stream.refresh();
  }
}

export const mine = new Mine();
