/** The charge points around, which are free, and what holds for all of them. */
import * as api from './api';
import { keep, kept } from './kept';
import { position } from './position.svelte';
import type { About, ConnectorType, Station } from './types';

const KEPT_STATIONS = 300;
const LOOK_AGAIN_MS = 15_000;

class Places {
  stations = $state.raw<Station[] | null>(null);
  types = $state.raw<ConnectorType[]>([]);
  installation = $state.raw<About | null>(null);
  trouble = $state('');
  /** when `stations` was true */
  asOf_ms = $state<number | null>(null);
  #watchers = 0;
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
    try {
      const stations = await api.stations(position.value);
      this.stations = stations;
      this.asOf_ms = Date.now();
      this.trouble = '';
      keep('stations', stations.slice(0, KEPT_STATIONS));
    } catch (error) {
      this.trouble = (error as Error).message;
    }
  }

  /** Keep them current while somebody looks; call what comes back when they stop. */
  watch(): () => void {
    if (this.#watchers++ === 0) {
      void this.read();
      this.#timer = setInterval(() => document.hidden || void this.read(), LOOK_AGAIN_MS);
    }
    return () => {
      if (--this.#watchers === 0) clearInterval(this.#timer);
    };
  }
}

export const places = new Places();
