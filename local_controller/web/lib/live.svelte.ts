/** What the site's page knows, kept current by the controller's event stream. It alone owns the stream. */
import { EventStream, HttpError, type StreamEvent } from '@bollard/ui';
import * as api from './api';
import type { ChargePoint, Status } from './types';

const EVENT_TYPES = [
  'ChargePointConnected', 'ChargePointDisconnected', 'ConnectorStatus', 'TransactionStarted', 'MeterSample', 'TransactionEnded',
  'ChargePointAdopted', 'Upstream', 'Queue', 'Audited', 'Availability', 'Troubles', 'BackedUp', 'Cards', 'Strangers',
  'ChargePointChanged', 'Asked', 'OnSiteAccount',
] as const;

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export class Live {
  chargePoints = $state.raw<ChargePoint[]>([]);
  status = $state.raw<Status | null>(null);
  /** undefined until the controller was asked */
  admitted = $state<boolean | undefined>(undefined);
  /** nobody has set a password yet */
  fresh = $state(false);
  trouble = $state('');

  readonly #stream = new EventStream({
    url: api.events_url,
    types: EVENT_TYPES,
    read: () => this.#read(),
    apply: (events) => this.#apply(events),
  });

  get freshness() {
    return this.#stream.freshness;
  }

  /** Why nothing can be shown yet; empty while all is well, and once something is shown. */
  get blocked(): string {
    return this.heard_at_ms === null ? this.#stream.trouble : '';
  }

  get heard_at_ms() {
    return this.#stream.heard_at_ms;
  }

  get site(): string {
    return this.status?.site.name ?? '';
  }

  /** Try with the cookie of an earlier visit. */
  async enter(): Promise<void> {
    this.trouble = '';
    try {
      await this.#read();
      this.admitted = true;
      this.#stream.open();
    } catch (error) {
      if (this.admitted === false) this.fresh = !(await api.passwordSet().catch(() => true));
      if (this.admitted !== false) this.trouble = (error as Error).message;
    }
  }

  async login(password: string): Promise<void> {
    await api.login(password);
    await this.enter();
  }

  async setUp(password: string): Promise<void> {
    await api.setUp(password);
    this.fresh = false;
    await this.login(password);
  }

  refresh(): void {
    this.#stream.refresh();
  }

  close(): void {
    this.#stream.close();
  }

  async logout(): Promise<void> {
    this.trouble = '';
    try {
      await api.logout();
    } catch (error) {
      this.trouble = (error as Error).message; // the cookie still stands: saying otherwise would be a lie
      return;
    }
    this.#stream.close();
    this.admitted = false;
  }

  /** Events carry the whole row of their charge point; link and queue are in the status alone. */
  #apply(events: StreamEvent[]): void {
    const rows = new Map(this.chargePoints.map((row) => [row.identity, row]));
    for (const { type, data } of events) {
      if (typeof data['identity'] === 'string') rows.set(data['identity'], data as unknown as ChargePoint);
      if (type !== 'MeterSample') this.#stream.refresh();
    }
    this.#show([...rows.values()]);
  }

  #show(rows: ChargePoint[]): void {
    this.chargePoints = rows.filter((row) => !row.retired).sort((a, b) => byName(a.identity, b.identity));
  }

  async #read(): Promise<void> {
    try {
      const [status, chargePoints] = await Promise.all([api.status(), api.chargePoints()]);
      this.status = status;
      this.#show(chargePoints);
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) {
        this.admitted = false;
        this.#stream.close();
      }
      throw error;
    }
  }
}
