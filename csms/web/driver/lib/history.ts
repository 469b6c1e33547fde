/** The charges that are over, as a list that grows at both ends. */
import type { Session } from './types';

/** `first`, then what `then` has beyond it: pages overlap when a charge has ended between two readings. */
export function joined(first: readonly Session[], then: readonly Session[]): Session[] {
  const known = new Set(first.map((row) => row.transaction_id));
  return [...first, ...then.filter((row) => !known.has(row.transaction_id))];
}

/** The newest page over what is shown: more of it stays where the two meet, else charges between them would be missing. */
export function renewed(page: readonly Session[], shown: readonly Session[]): Session[] {
  const known = new Set(shown.map((row) => row.transaction_id));
  return page.some((row) => known.has(row.transaction_id)) ? joined(page, shown) : [...page];
}

/** One list a month of the driver's own calendar, in the order given. */
export function byMonth(rows: readonly Session[]): Session[][] {
  const found = new Map<string, Session[]>();
  for (const row of rows) {
    const at = new Date(row.started_at);
    const key = `${at.getFullYear()}-${at.getMonth()}`;
    const list = found.get(key);
    if (list) list.push(row);
    else found.set(key, [row]);
  }
  return [...found.values()];
}
