/** Money as people type it, in the currency's own unit, and as the API has it, in its smallest. */

export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** `0.45` → 45. Rounded to whole units: 0.1 + 0.2 must not become a fraction of a cent. */
export function toCents(amount: number, currency: string): number {
  return Math.round(amount * 10 ** decimalsOf(currency));
}

export function fromCents(cents: number, currency: string): number {
  return cents / 10 ** decimalsOf(currency);
}
