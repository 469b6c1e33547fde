/** The charge points around, which are free, and what holds for all of them. */
import * as api from './api';
import { keep, kept } from './kept';
import { position } from './position.svelte';
import type { About, ConnectorType, PlaceNow, Station } from './types';

const KEPT_STATIONS = 300;
const LOOK_AGAIN_MS = 15_000;
const LOOK_AGAIN_LIVE_MS = 60_000; // while the stream tells of changes; what only time changes it does not tell

class Places {
  stations = $state.raw<Station[] | null>(null);
  types = $state.raw<ConnectorType[]>([]);
  installation = $state.raw<About | null>(null);
  trouble = $state('');
  /** when `stations` was true */
  asOf_ms = $state<number | null>(null);
  /** what was heard last of changes, for pages that show one charge point */
  news = $state.raw<PlaceNow[]>([]);
  /** whether changes are heard of as they happen */
  live: () => boolean = () => false;
  #watchers = 0;
  #asked = 0; // readings: the answer of an earlier one never takes the place of a later one's,
  #answered = 0;
  #underWay = new Set<Map<string, PlaceNow>>(); // nor of what was heard while it was on its way
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    const before = kept<Station[]>('stations');
    if (before) {
      this.stations = before.value;
      this.asOf_ms = before.at_ms;
    }
    this.types = kept<ConnectorType[]>('types')?.value ?? [];
    this.installation = kept<About>('about')?.value ?? null;
  }

  get currency(): string {
    return this.installation?.currency ?? 'EUR';
  }

  typeName(id: string | null): string {
    return this.types.find((row) => row.id === id)?.name ?? id ?? '';
  }

  /** AC or DC; undefined for a type that nobody has said. */
  current(type: string | null): 'AC' | 'DC' | undefined {
    return this.types.find((row) => row.id === type)?.current;
  }

  name(charge_point: string): string {
    return this.stations?.find((row) => row.id === charge_point)?.name ?? charge_point;
  }

  /** What does not change from minute to minute. */
  async about(): Promise<void> {
    try {
      const [types, installation] = await Promise.all([api.connectorTypes(), api.about()]);
      this.types = types;
      this.installation = installation;
      keep('types', types);
      keep('about', installation);
    } catch {
      // names of types then stay as they were known last
    }
  }

  async read(): Promise<void> {
    const turn = ++this.#asked;
    const meanwhile = new Map<string, PlaceNow>();
    this.#underWay.add(meanwhile);
    try {
      const found = await api.stations(position.value);
      if (turn < this.#answered) return;
      this.#answered = turn;
      const stations = found.map((row) => changedBy(row, meanwhile.get(row.id)));
      this.stations = stations;
      this.asOf_ms = Date.now();
      this.trouble = '';
      keep('stations', stations.slice(0, KEPT_STATIONS));
    } catch (error) {
      if (turn > this.#answered) this.trouble = (error as Error).message;
    } finally {
      this.#underWay.delete(meanwhile);
    }
  }

  /** Changes may have been told that nobody here heard: read anew if somebody looks. */
  missed(): void {
    if (this.#watchers) void this.read();
  }

  /** What the stream tells. */
  hear(news: PlaceNow[]): void {
    const changed = new Map(news.map((place) => [place.id, place]));
    for (const meanwhile of this.#underWay) for (const place of news) meanwhile.set(place.id, place);
    if (this.stations?.some((row) => changed.has(row.id))) this.stations = this.stations.map((row) => changedBy(row, changed.get(row.id)));
    this.news = news;
  }

  /** Keep them current while somebody looks; call what comes back when they stop. */
  watch(): () => void {
    if (this.#watchers++ === 0) {
      void this.read();
      this.#timer = setInterval(() => document.hidden || this.#known() || void this.read(), LOOK_AGAIN_MS);
    }
    return () => {
      if (--this.#watchers === 0) clearInterval(this.#timer);
    };
  }

  #known(): boolean {
    return this.live() && Date.now() - (this.asOf_ms ?? 0) < LOOK_AGAIN_LIVE_MS;
  }
}

/** A charge point as it was, with what is told of it now. */
export function changedBy(before: Station, now: PlaceNow | undefined): Station {
  if (!now) return before;
  const connectors = before.connectors.map((row) => ({ ...row, ...now.connectors.find((c) => c.connector_id === row.connector_id) }));
  return { ...before, state: now.state, connectors };
}

export const places = new Places();
