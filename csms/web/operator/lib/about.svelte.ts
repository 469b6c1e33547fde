/** What this installation is set to, read once: where the map's pictures come from. */
import { request } from '@bollard/ui';
import type { Tiles } from './map';

interface Told {
  map_tiles_url?: string;
  map_attribution?: string;
}

class About {
  tiles = $state.raw<Tiles>({ url: '', attribution: '' });
  #reading: Promise<void> | undefined;

  read(): Promise<void> {
    return (this.#reading ??= this.#ask());
  }

  async #ask(): Promise<void> {
    try {
      const told = await request<Told>('GET', 'api/about');
      this.tiles = { url: told.map_tiles_url ?? '', attribution: told.map_attribution ?? '' };
    } catch {
      this.#reading = undefined; // a map without pictures is a map; the next one asks again
    }
  }
}

export const about = new About();
