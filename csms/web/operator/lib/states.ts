/** How a charge point is, in the centre's words (csms/domain/states.py), with a colour, a shape and words for each. */
import type { Family, Shape } from '@bollard/ui';
import type { ChargePoint } from './types';

export type State = 'Free' | 'Reserved' | 'Used' | 'Broken' | 'SiteNotReachable' | 'Undefined' | 'Dismissed';

export interface StateLook {
  family: Family;
  shape: Shape;
  label: string;
}

export const STATES: Record<State, StateLook> = {
  Free: { family: 'free', shape: 'ring', label: 'Free' },
  Reserved: { family: 'reserved', shape: 'clock', label: 'Reserved' },
  Used: { family: 'used', shape: 'bolt', label: 'In use' },
  Broken: { family: 'broken', shape: 'warning', label: 'Broken' },
  SiteNotReachable: { family: 'away', shape: 'unlinked', label: 'Site not reachable' },
  Undefined: { family: 'broken', shape: 'question', label: 'Never seen' },
  Dismissed: { family: 'broken', shape: 'bar', label: 'Dismissed' },
};

export function lookOfState(state: string): StateLook {
  return STATES[state as State] ?? STATES.Undefined;
}

const IN_USE = new Set(['Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing']);

/**
 * The state after a connector's new status, until the rows are read again. Only what a status can change is reckoned
 * here: whether a charge point is there at all is the centre's to say.
 */
export function stateAfter(point: Pick<ChargePoint, 'state' | 'online' | 'connectors'>): string {
  if (!point.online || point.state === 'Dismissed') return point.state;
  const statuses = point.connectors.map((row) => row.status).filter((status) => status !== 'Undefined');
  if (!statuses.length) return point.state;
  if (statuses.includes('Available')) return 'Free';
  if (point.connectors.some((row) => row.transaction) || statuses.some((status) => IN_USE.has(status))) return 'Used';
  return statuses.includes('Reserved') ? 'Reserved' : 'Broken';
}

const WORST_FIRST: readonly string[] = ['Broken', 'SiteNotReachable', 'Undefined', 'Used', 'Reserved', 'Free', 'Dismissed'];

/** Of several charge points: the state of the one an operator most needs to look at, and all of them in words. */
export function together(points: readonly Pick<ChargePoint, 'state'>[]): { state: string; words: string } {
  const counts = new Map<string, number>();
  for (const { state } of points) counts.set(state, (counts.get(state) ?? 0) + 1);
  const found = WORST_FIRST.filter((state) => counts.has(state));
  return { state: found[0] ?? 'Undefined', words: found.map((state) => `${counts.get(state)} ${lookOfState(state).label.toLowerCase()}`).join(', ') };
}
