/** Which price holds where: a tariff, or the charge point's own price per kWh. */
import { format } from '@bollard/ui';
import { brief } from './tariffDraft';
import type { ChargePoint, Tariff, TariffUse } from './types';

export interface Price {
  /** the tariff's name, or what a kWh costs */
  words: string;
  /** what the tariff comes to, in brief */
  detail: string;
}

/** Of a session that starts now: the connector's own tariff, else its charge point's (connector 0), else the plain price. */
export function priceAt(
  point: ChargePoint, connector_id: number, tariffs: readonly Tariff[], uses: readonly TariffUse[], currency: string,
): Price {
  const here = uses.filter((use) => use.charge_point === point.identity);
  const use = here.find((each) => each.connector_id === connector_id) ?? here.find((each) => each.connector_id === 0);
  if (!use) return { words: `${format.money(point.price_cents_per_kwh, currency)} a kWh`, detail: '' };
  const tariff = tariffs.find((each) => each.id === use.tariff_id);
  return tariff ? { words: tariff.name, detail: brief(tariff, currency) } : { words: `Tariff ${use.tariff_id}`, detail: '' };
}
