/** Figures, money and times in the driver's language. */
import { dateFormat, format, numberFormat } from '@bollard/ui';
import { many, language, t } from './language.svelte';

export const kw = (power_w: number) => format.kilowatts(power_w, language.locale);
export const kwFigure = (power_w: number) => format.kilowattFigure(power_w, language.locale);
export const kwh = (energy_wh: number, digits = 2) => format.kilowattHours(energy_wh, digits, language.locale);
export const money = (cents: number, currency: string) => format.money(cents, currency, language.locale);
/** What a unit costs, to a hundredth of a cent where its price has that. */
export const unitPrice = (cents: number, currency: string) => format.money(cents, currency, language.locale, 2);

export function number(value: number, digits = 0): string {
  return numberFormat(language.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** `22 kW`, `7.4 kW`: what a connector gives. */
export function nominal(power_w: number): string {
  return `${numberFormat(language.locale, { maximumFractionDigits: 1 }).format(power_w / 1000)}\u00a0kW`;
}

export function distance(m: number): string {
  if (m < 950) return `${number(Math.round(m / 10) * 10)}\u00a0m`;
  return `${number(m / 1000, m < 9_950 ? 1 : 0)}\u00a0km`;
}

export function dayAndTime(at: string | number): string {
  return format.dateTime(at, undefined, language.locale);
}

export function time(at: string | number): string {
  return dateFormat(language.locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

export function day(at: string): string {
  return dateFormat(language.locale, { weekday: 'short', day: 'numeric', month: 'long' }).format(new Date(at));
}

/** A day of the calendar, `2026-06-01`, which no time zone moves. */
export function date(iso: string): string {
  return dateFormat(language.locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(iso));
}

export function month(at: string): string {
  return dateFormat(language.locale, { month: 'long', year: 'numeric' }).format(new Date(at));
}

export function ago(at: string | number, now_ms: number): string {
  const s = Math.round((new Date(at).getTime() - now_ms) / 1000);
  const relative = new Intl.RelativeTimeFormat(language.locale, { numeric: 'auto' });
  if (Math.abs(s) < 60) return relative.format(Math.min(0, s), 'second');
  if (Math.abs(s) < 3600) return relative.format(Math.round(s / 60), 'minute');
  if (Math.abs(s) < 86_400) return relative.format(Math.round(s / 3600), 'hour');
  return dayAndTime(at);
}

/** `42 min`, `2 h 10 min`: as long as a charge takes. */
export function minutes(ms: number): string {
  const min = Math.max(0, Math.floor(ms / 60_000));
  return min < 60 ? `${min}\u00a0min` : `${Math.floor(min / 60)}\u00a0h\u00a0${String(min % 60).padStart(2, '0')}\u00a0min`;
}

export function freeOf(free: number, all: number): string {
  return free ? t('free_of', { free, all }) : many('none_free_of', all);
}
