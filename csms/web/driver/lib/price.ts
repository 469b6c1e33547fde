/** A tariff in plain words. Prices of the API are cents without VAT; people are told what they pay, with it. */
import { language, t, type Word } from './language.svelte';
import { date, minutes, money, unitPrice } from './say';
import type { InForce, PriceComponent, TariffElement } from './types';

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const PER = { ENERGY: 'per_kwh', TIME: 'per_hour', PARKING_TIME: 'per_hour_parked', FLAT: 'per_charge' } as const;
const PER_RESERVED: Partial<Record<PriceComponent['type'], Word>> = { TIME: 'reserved_hour', FLAT: 'reserved_flat' };
const A_MONDAY_MS = Date.UTC(2024, 0, 1);

/** One sentence a part of the price, in the order in which a driver meets them. */
export function priceWords(price: InForce): string[] {
  const { tariff, currency } = price;
  if (!tariff) return [t('per_kwh', { price: money(price.price_cents_per_kwh, currency) })];
  const lines: string[] = [];
  for (const element of tariff.elements) {
    const when = conditions(element);
    const reserved = element.restrictions?.['reservation'];
    for (const component of element.price_components) {
      const per = (reserved ? PER_RESERVED[component.type] : undefined) ?? PER[component.type];
      const words = t(per, { price: gross(component, currency) });
      lines.push(when ? `${words} (${when})` : words);
    }
  }
  if (tariff.idle_grace_s) lines.push(t('idle_grace', { time: minutes(tariff.idle_grace_s * 1000) }));
  if (tariff.min_price_cents) lines.push(t('at_least', { price: money(tariff.min_price_cents, currency) }));
  if (tariff.max_price_cents) lines.push(t('at_most', { price: money(tariff.max_price_cents, currency) }));
  return lines;
}

function gross(component: PriceComponent, currency: string): string {
  return unitPrice(Number(component.price_cents) * (1 + Number(component.vat_percent) / 100), currency);
}

function conditions({ restrictions }: TariffElement): string {
  if (!restrictions) return '';
  const said: string[] = [];
  const { start_time, end_time, day_of_week, min_kwh, max_kwh, min_power_kw, max_power_kw, min_duration_s, max_duration_s,
    start_date, end_date, reservation } =
    restrictions as Record<string, string | number | string[] | null | undefined>;
  if (start_time || end_time) said.push(`${String(start_time ?? '00:00').slice(0, 5)}–${String(end_time ?? '24:00').slice(0, 5)}`);
  if (Array.isArray(day_of_week) && day_of_week.length) said.push(day_of_week.map(dayName).join(', '));
  if (start_date) said.push(t('from_date', { date: date(String(start_date)) }));
  if (end_date) said.push(t('before_date', { date: date(String(end_date)) }));
  said.push(...range(min_kwh, max_kwh, 'kWh'), ...range(min_power_kw, max_power_kw, 'kW'));
  if (min_duration_s) said.push(`≥ ${minutes(Number(min_duration_s) * 1000)}`);
  if (max_duration_s) said.push(`< ${minutes(Number(max_duration_s) * 1000)}`);
  if (reservation === 'RESERVATION_EXPIRES') said.push(t('if_nobody_comes'));
  return said.join(', ');
}

function range(least: unknown, most: unknown, unit: string): string[] {
  if (least && most) return [`${Number(least)}–${Number(most)} ${unit}`];
  if (least) return [`≥ ${Number(least)} ${unit}`];
  return most ? [`< ${Number(most)} ${unit}`] : [];
}

function dayName(day: string): string {
  const at = new Date(A_MONDAY_MS + Math.max(0, DAYS.indexOf(day)) * 86_400_000);
  return new Intl.DateTimeFormat(language.locale, { weekday: 'short', timeZone: 'UTC' }).format(at);
}
