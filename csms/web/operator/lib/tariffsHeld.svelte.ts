/** The tariffs and where they hold, as they were when a page was opened. */
import * as api from '$api/client';
import { type Price, priceAt } from './prices';
import type { ChargePoint, Tariff, TariffUse } from './types';

export class TariffsHeld {
  #held = $state.raw<{ tariffs: readonly Tariff[]; uses: readonly TariffUse[] } | null>(null);

  /** Read them, unless they are known. Where that fails there is no price to show; the next call tries again. */
  async read(): Promise<void> {
    if (this.#held) return;
    try {
      const [tariffs, uses] = await Promise.all([api.get('/api/tariffs', { query: { limit: 1000 } }), api.get('/api/tariff-uses')]);
      this.#held = { tariffs, uses };
    } catch {
      // no price is better than a wrong one
    }
  }

  /** What a session costs that starts there now; null while that is not known. */
  at(point: ChargePoint, connector_id: number, currency: string): Price | null {
    return this.#held && priceAt(point, connector_id, this.#held.tariffs, this.#held.uses, currency);
  }
}
