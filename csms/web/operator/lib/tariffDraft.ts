/** A tariff as the form has it (the currency's own unit, minutes, empty for no limit) and as the API has it. */
import type { Schemas } from '$api/client';
import { fromCents, toCents } from './cents';

export type Kind = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';
export type Day = NonNullable<Schemas['RestrictionsForm']['day_of_week']>[number];
export const DAYS: readonly Day[] = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

export interface ComponentDraft {
  type: Kind;
  price: number | null;
  vat_percent: number | null;
  step_size: number | null;
}

export interface ElementDraft {
  components: ComponentDraft[];
  start_time: string;
  end_time: string;
  start_date: string;
  end_date: string;
  days: Day[];
  min_kwh: number | null;
  max_kwh: number | null;
  min_power_kw: number | null;
  max_power_kw: number | null;
  min_minutes: number | null;
  max_minutes: number | null;
  reservation: '' | 'RESERVATION' | 'RESERVATION_EXPIRES';
}

export interface TariffDraft {
  name: string;
  elements: ElementDraft[];
  min_price: number | null;
  max_price: number | null;
  idle_grace_min: number | null;
}

export const newComponent = (type: Kind = 'ENERGY'): ComponentDraft => ({ type, price: null, vat_percent: 0, step_size: 1 });

export const newElement = (): ElementDraft => ({
  components: [newComponent()], start_time: '', end_time: '', start_date: '', end_date: '', days: [], min_kwh: null, max_kwh: null,
  min_power_kw: null, max_power_kw: null, min_minutes: null, max_minutes: null, reservation: '',
});

const numeric = (value: string | number | null): number | null => (value === null ? null : Number(value));

export function draftOf(view: Schemas['TariffView'], currency: string): TariffDraft {
  const { tariff } = view;
  const money = (cents: number | null) => (cents === null ? null : fromCents(cents, currency));
  return {
    name: view.name, min_price: money(tariff.min_price_cents), max_price: money(tariff.max_price_cents), idle_grace_min: tariff.idle_grace_s / 60,
    elements: tariff.elements.map(({ price_components, restrictions: r }) => ({
      components: price_components.map((each) => ({
        type: each.type, price: fromCents(Number(each.price_cents), currency), vat_percent: Number(each.vat_percent), step_size: each.step_size,
      })),
      start_time: r.start_time?.slice(0, 5) ?? '', end_time: r.end_time?.slice(0, 5) ?? '', start_date: r.start_date ?? '', end_date: r.end_date ?? '',
      days: [...r.day_of_week], min_kwh: numeric(r.min_kwh), max_kwh: numeric(r.max_kwh), min_power_kw: numeric(r.min_power_kw),
      max_power_kw: numeric(r.max_power_kw), min_minutes: r.min_duration_s === null ? null : r.min_duration_s / 60,
      max_minutes: r.max_duration_s === null ? null : r.max_duration_s / 60, reservation: r.reservation ?? '',
    })),
  };
}

/** Prices keep four decimals of a cent, as a kilowatt-hour may cost 0.4512 of a euro. */
export function formOf(draft: TariffDraft, currency: string): Schemas['TariffForm'] {
  const unit = toCents(1, currency);
  const cents = (amount: number | null) => (amount === null ? null : toCents(amount, currency));
  const seconds = (minutes: number | null) => (minutes === null ? null : Math.round(minutes * 60));
  return {
    min_price_cents: cents(draft.min_price), max_price_cents: cents(draft.max_price), idle_grace_s: seconds(draft.idle_grace_min) ?? 0,
    elements: draft.elements.map((element) => ({
      price_components: element.components.map((each) => ({
        type: each.type, price_cents: String(Math.round((each.price ?? 0) * unit * 1e4) / 1e4), vat_percent: String(each.vat_percent ?? 0),
        step_size: each.step_size ?? 1,
      })),
      restrictions: {
        start_time: element.start_time || null, end_time: element.end_time || null, start_date: element.start_date || null,
        end_date: element.end_date || null, day_of_week: DAYS.filter((day) => element.days.includes(day)), min_kwh: element.min_kwh,
        max_kwh: element.max_kwh, min_power_kw: element.min_power_kw, max_power_kw: element.max_power_kw,
        min_duration_s: seconds(element.min_minutes), max_duration_s: seconds(element.max_minutes), reservation: element.reservation || null,
      },
    })),
  };
}

const UNITS: Record<Kind, string> = { ENERGY: 'kWh', TIME: 'hour', PARKING_TIME: 'hour standing', FLAT: 'session' };

/** The tariff in one line, as in a list. */
export function brief(view: Schemas['TariffView'], currency: string): string {
  const draft = draftOf(view, currency);
  const price = new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 4 });
  const parts = draft.elements.flatMap((element) =>
    element.components.map((each) => `${price.format(each.price ?? 0)} a ${UNITS[each.type]}${element.reservation ? ' reserved' : ''}${conditional(element) ? ' *' : ''}`),
  );
  return parts.join(', ');
}

export function conditional(element: ElementDraft): boolean {
  const { components: _, reservation: __, days, ...rest } = element;
  return days.length > 0 || Object.values(rest).some((value) => value !== null && value !== '');
}

/** The day that it is now at a place: `2026-03-29`. */
export function dayAt(now: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)!.value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** What a tariff is tried with, in words: `2 h 10 min, 31 kWh, then 40 min idle`. */
export function triedWords(charging_min: number, energy_kwh: number, idle_min: number, reserved_min: number): string {
  const lasts = (min: number) => (min < 60 ? `${min} min` : `${Math.floor(min / 60)} h${min % 60 ? ` ${min % 60} min` : ''}`);
  const energy = `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 }).format(energy_kwh)} kWh`;
  const before = reserved_min ? `reserved for ${lasts(reserved_min)}, then ` : '';
  return `${before}${lasts(charging_min)}, ${energy}${idle_min ? `, then ${lasts(idle_min)} idle` : ''}`;
}
