/** Charge points that somebody looks for. */
import type { State } from './states';
import type { ChargePoint } from './types';

/** Those that are in `state` (null: in any) and have each word of `search` in name, identity, site or model. */
export function found(points: readonly ChargePoint[], search: string, state: State | null): ChargePoint[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && state === null) return [...points];
  return points.filter((row) => {
    if (state !== null && row.state !== state) return false;
    const text = [row.name, row.identity, row.site.name, row.vendor, row.model].join(' ').toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
