/** The bench's charge points, kept current by its event stream. It alone owns the stream. */
import { EventStream, type StreamEvent } from '@bollard/ui';
import { SvelteMap } from 'svelte/reactivity';
import * as api from './api';
import { newer } from './newer';
import type { ChargePoint, Choices } from './types';

const CONSOLE_LINES = 300;
const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export class Live {
  readonly #points = new SvelteMap<string, ChargePoint>();

  readonly #stream = new EventStream({
    url: api.events_url,
    types: [],
    read: () => this.#read(),
    apply: (events) => this.#apply(events),
  });

  choices = $state.raw<Choices>({ boards: ['bench'], faults: {} });
  chargePoints = $derived([...this.#points.values()].sort((a, b) => byName(a.identity, b.identity)));

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

  open(): void {
    this.#stream.open();
  }

  close(): void {
    this.#stream.close();
  }

  async #read(): Promise<void> {
    const [rows, choices] = await Promise.all([api.chargePoints(), api.choices()]);
    this.choices = choices;
    for (const row of rows) this.put(row);
    const there = new Set(rows.map((row) => row.identity));
    for (const identity of this.#points.keys()) if (!there.has(identity)) this.#points.delete(identity);
  }

  #apply(events: StreamEvent[]): void {
    // One batch may hold many lines of one console and several states of one board: the map is written once for each.
    const changed = new Map<string, ChargePoint>();
    for (const { type, data } of events) {
      const identity = data['identity'] as string;
      const known = changed.get(identity) ?? this.#points.get(identity);
      if (type === 'charge_point') {
        changed.set(identity, newer(known, data['state'] as ChargePoint));
      } else if (type === 'console' && known) {
        changed.set(identity, { ...known, console: [...known.console, data['line'] as string].slice(-CONSOLE_LINES) });
      } else if (type === 'removed') {
        changed.delete(identity);
        this.#points.delete(identity);
      } else if (type === 'added') {
        this.#stream.refresh();
      }
    }
    for (const [identity, state] of changed) this.#points.set(identity, state);
  }

  /** What an order answered: the state right after it. */
  put(state: ChargePoint): void {
    this.#points.set(state.identity, newer(this.#points.get(state.identity), state));
  }

  refresh(): void {
    this.#stream.refresh();
  }
}
