/** What this installation is set to, read once: where the map's pictures come from. */
import * as api from '$api/client';
import type { Tiles } from './map';

class About {
  tiles = $state.raw<Tiles>({ url: '', attribution: '' });
  #reading: Promise<void> | undefined;

  read(): Promise<void> {
    return (this.#reading ??= this.#ask());
  }

  async #ask(): Promise<void> {
    try {
      const told = await api.get('/api/about');
      this.tiles = { url: told.map_tiles_url, attribution: told.map_attribution };
    } catch {
      this.#reading = undefined; // a map without pictures is a map; the next one asks again
    }
  }
}

export const about = new About();
