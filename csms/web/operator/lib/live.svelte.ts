/** What the dashboard knows, kept current by the CSMS's event stream. It alone owns the stream. */
import { EventStream, HttpError, type StreamEvent } from '@bollard/ui';
import { account } from './account.svelte';
import * as api from './api';
import { about, EVENT_TYPES, fold, join } from './fold';
import type { ChargePoint, Overview, Session, Site } from './types';

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export class Live {
  chargePoints = $state.raw<readonly ChargePoint[]>([]);
  active = $state.raw<readonly Session[]>([]);
  /** how many there are: of a very large house the first ones are held here */
  chargePointsThere = $state(0);
  activeThere = $state(0);
  today = $state.raw<Overview | null>(null);
  /** grows at each reading: lists that are not held here read themselves anew with it */
  turn = $state(0);
  /** ISO 4217; one a deployment */
  readonly currency: string;
  #sites = $state.raw<Site[] | null>(null); // read once, and anew when one was made
  #zones = $state.raw<ReadonlyMap<string, string | undefined>>(new Map()); // by identity

  readonly #stream = new EventStream({
    url: api.events_url,
    types: EVENT_TYPES,
    read: () => this.#read(),
    apply: (events) => this.#apply(events),
    about,
    join,
  });

  constructor(currency: string) {
    this.currency = currency;
  }

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

  /** The time zone of the site a charge point stands on; undefined is the browser's own. */
  zoneOf(identity: string): string | undefined {
    return this.#zones.get(identity);
  }

  get sites(): readonly Site[] {
    return this.#sites ?? [];
  }

  /** A site was made here. */
  forgetSites(): void {
    this.#sites = null;
    this.refresh();
  }

  open(): void {
    this.#stream.open();
  }

  close(): void {
    this.#stream.close();
  }

  refresh(): void {
    this.#stream.refresh();
  }

  async #read(): Promise<void> {
    try {
      const [chargePoints, active, sites, today] = await Promise.all([
        api.chargePoints(), api.activeSessions(), this.#sites ?? api.sites(), api.overview(),
      ]);
      this.chargePoints = chargePoints.rows.sort((a, b) => byName(a.identity, b.identity));
      this.chargePointsThere = chargePoints.total;
      this.active = active.rows.sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
      this.activeThere = active.total;
      this.#sites = sites;
      const zones = new Map(sites.map((site) => [site.id, site.time_zone]));
      this.#zones = new Map(chargePoints.rows.map((row) => [row.identity, zones.get(row.site.id)]));
      this.today = today;
      this.turn += 1;
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) account.expired();
      throw error;
    }
  }

  #apply(events: StreamEvent[]): void {
    const { chargePoints, active, incomplete } = fold(events, this);
    this.chargePoints = chargePoints;
    this.active = active;
    if (incomplete) this.#stream.refresh();
  }
}
