/** How a charge point's or a connector's state looks: a colour, a shape and a word together, so that none is needed alone. */
import type { Family, Shape } from '@bollard/ui';
import type { Word } from './language.svelte';
import type { ChargePointState, Connector, Station } from './types';

export interface Look {
  family: Family;
  shape: Shape;
  word: Word;
}

const OF_STATE: Record<ChargePointState, Look> = {
  Free: { family: 'free', shape: 'ring', word: 'state_free' },
  Reserved: { family: 'reserved', shape: 'clock', word: 'state_reserved' },
  Used: { family: 'used', shape: 'bolt', word: 'state_used' },
  Broken: { family: 'broken', shape: 'warning', word: 'state_broken' },
  SiteNotReachable: { family: 'away', shape: 'unlinked', word: 'state_away' },
  Dismissed: { family: 'out', shape: 'bar', word: 'state_gone' },
  Undefined: { family: 'out', shape: 'question', word: 'state_unknown' },
};

export const lookOfState = (state: ChargePointState): Look => OF_STATE[state] ?? OF_STATE.Undefined;

// Statuses of OCPP 1.6 §7.7 in a driver's words
const OF_STATUS: Record<string, Look> = {
  Available: OF_STATE.Free,
  Preparing: { family: 'used', shape: 'plug', word: 'status_preparing' },
  Charging: { family: 'used', shape: 'bolt', word: 'state_used' },
  SuspendedEV: { family: 'used', shape: 'pause', word: 'status_paused' },
  SuspendedEVSE: { family: 'used', shape: 'pause', word: 'status_paused' },
  Finishing: { family: 'used', shape: 'flag', word: 'status_finishing' },
  Reserved: OF_STATE.Reserved,
  Unavailable: { family: 'out', shape: 'bar', word: 'status_unavailable' },
  Faulted: OF_STATE.Broken,
};

/** Whether nothing can be started there, whatever its connectors said last. */
export const isOfNoUse = (state: ChargePointState): boolean => !['Free', 'Reserved', 'Used'].includes(state);

/** A connector whose charge point nobody can ask is as its charge point is. */
export function lookOfConnector(station: Station, connector: Connector): Look {
  if (isOfNoUse(station.state)) return lookOfState(station.state);
  return OF_STATUS[connector.status] ?? OF_STATE.Undefined;
}
