/** Figures and times as people read them. Units are converted here and nowhere else; `locale` undefined means the browser's. */
import { dateFormat, numberFormat } from './formatters.ts';

const NBSP = '\u00a0';
type When = Date | string | number;

function figure(value: number, digits: number, locale?: string): string {
  return numberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** `7 360` W → `7.36 kW`; from 10 kW on one decimal is enough. */
export function kilowatts(power_w: number, locale?: string): string {
  return `${kilowattFigure(power_w, locale)}${NBSP}kW`;
}

/** The figure of `kilowatts` alone, where the unit stands beside it in smaller type. */
export function kilowattFigure(power_w: number, locale?: string): string {
  const kw = power_w / 1000;
  return figure(kw, Math.abs(kw) < 9.995 ? 2 : 1, locale);
}

/** `12345` Wh → `12.35 kWh`; three digits show a meter moving. */
export function kilowattHours(energy_wh: number, digits = 2, locale?: string): string {
  return `${figure(energy_wh / 1000, digits, locale)}${NBSP}kWh`;
}

/** Amperes with one decimal: what a car takes moves by tenths. */
export function amperes(current_a: number, locale?: string): string {
  return `${figure(current_a, 1, locale)}${NBSP}A`;
}

/** Minor units → money. The number of decimals is the currency's own (yen has none); a unit's price may have `more` of them. */
export function money(minor_units: number, currency: string, locale?: string, more = 0): string {
  const format = numberFormat(locale, { style: 'currency', currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  const exact = more ? numberFormat(locale, { style: 'currency', currency, maximumFractionDigits: decimals + more }) : format;
  return exact.format(minor_units / 10 ** decimals);
}

/** How long something lasts: `42 s`, `12 min 05 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s}${NBSP}s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min}${NBSP}min${NBSP}${String(s % 60).padStart(2, '0')}${NBSP}s`;
  const h = Math.floor(min / 60);
  if (h < 48) return `${h}${NBSP}h${NBSP}${String(min % 60).padStart(2, '0')}${NBSP}min`;
  return `${Math.floor(h / 24)}${NBSP}days`;
}

/** Minutes and seconds left, as a timer shows them: `14:59`. Never below zero. */
export function countdown(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** `just now`, `12 s ago`, `3 min ago`, `2 h ago`, and from a day on the date itself. */
export function since(at: When, now_ms: number, timeZone?: string, locale?: string): string {
  const ms = now_ms - new Date(at).getTime();
  if (ms < 5_000) return 'just now';
  if (ms < 60_000) return `${Math.floor(ms / 1000)}${NBSP}s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${NBSP}min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)}${NBSP}h ago`;
  return dateTime(at, timeZone, locale);
}

/** Day and time in the site's zone. */
export function dateTime(at: When, timeZone?: string, locale?: string): string {
  return dateFormat(locale, {
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', ...(timeZone ? { timeZone } : {}),
  }).format(new Date(at));
}
