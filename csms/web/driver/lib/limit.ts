/** A driver's limit: what there is to choose from, how far a charge has come to it, and how both are said. */
import { t } from './language.svelte';
import { kwh, minutes, money, number } from './say';
import type { Limit, LimitKind } from './types';

export const KINDS: readonly LimitKind[] = ['soc_percent', 'energy_wh', 'cost_cents', 'minutes'];

interface Range {
  least: number;
  most: number;
  step: number;
  usual: number;
}

/** What the slider offers; the server allows more. */
const RANGES: Record<LimitKind, Range> = {
  soc_percent: { least: 20, most: 100, step: 5, usual: 80 },
  energy_wh: { least: 1_000, most: 100_000, step: 1_000, usual: 20_000 },
  cost_cents: { least: 100, most: 10_000, step: 100, usual: 1_000 },
  minutes: { least: 15, most: 720, step: 15, usual: 60 },
};

/** A charge as it stands; null where nobody knows. */
export type SoFar = Record<LimitKind, number | null>;

export const NOTHING_YET: SoFar = { soc_percent: null, energy_wh: 0, cost_cents: 0, minutes: 0 };

/** What may still be chosen for a charge that has come so far; null if nothing of this kind is left. */
export function range(kind: LimitKind, so_far: SoFar = NOTHING_YET): Range | null {
  const { least, most, step, usual } = RANGES[kind];
  const above = Math.max(least, (Math.floor((so_far[kind] ?? 0) / step) + 1) * step);
  return above > most ? null : { least: above, most, step, usual: Math.max(above, usual) };
}

/** From 0 to 1; null where nobody knows. */
export function progress(of: Limit, so_far: SoFar): number | null {
  const now = so_far[of.kind];
  return now === null ? null : Math.min(1, Math.max(0, now / of.value));
}

export function said(kind: LimitKind, value: number, currency: string): string {
  if (kind === 'soc_percent') return `${number(value)}\u00a0%`;
  if (kind === 'energy_wh') return kwh(value, value % 1000 ? 1 : 0);
  if (kind === 'cost_cents') return money(value, currency);
  return minutes(value * 60_000);
}

/** `about 80 %` where the battery was reckoned. */
export function limitSaid(of: Limit, currency: string): string {
  const words = said(of.kind, of.value, currency);
  return of.estimated ? `${t('about')} ${words}` : words;
}
