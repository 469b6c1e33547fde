/** What a charge point does right now, said to someone who has never seen one. Pure. */
import type { ChargePoint, Connector } from './types';

/** What the letters of the control pilot mean, IEC 61851-1 Annex A. */
export const PILOT_WORDS: Readonly<Record<string, string>> = {
  A: 'no car',
  B: 'car connected',
  C: 'car wants energy',
  D: 'car wants energy and ventilation',
  E: 'no signal',
  F: 'charge point not available',
};

export interface Explanation {
  headline: string;
  hint: string;
}

export function explain(chargePoint: ChargePoint, connector: Connector): Explanation {
  const { pilot, contactor, car } = connector;
  if (!chargePoint.powered) {
    return { headline: 'The power is cut', hint: 'Bring it back and see what the charge point remembers.' };
  }
  if (chargePoint.process !== 'running') {
    return { headline: 'The firmware is starting', hint: 'It loads its code, checks its board and calls its central system.' };
  }
  if (chargePoint.emergency_stop) {
    return { headline: 'The emergency stop is pressed', hint: 'The coil has no current, whatever the software thinks. Release it under “Faults”.' };
  }
  if (contactor.welded && contactor.closed && !contactor.commanded) {
    return { headline: 'The contactor is welded shut', hint: 'It was told to open and did not: the socket stays live, and the charge point must say so.' };
  }
  if (connector.faults.length) {
    return { headline: 'A fault stops it from charging', hint: 'Clear it under “Faults” and watch it recover.' };
  }
  if (!connector.plugged) {
    return { headline: 'Free', hint: 'Plug in a car, or tap a card first: either order works.' };
  }
  if (contactor.closed && car.power_w > 0) {
    return { headline: 'Charging', hint: `The car may take ${figure(pilot.offered_a)} A and takes ${figure(Math.max(...car.current_a))} A. Tap the same card again to stop.` };
  }
  if (contactor.closed) {
    return { headline: 'The contactor is closed', hint: (car.soc ?? 0) >= 100 ? 'The battery is full.' : 'The car begins to draw current in a moment.' };
  }
  if (pilot.offered_a > 0 && pilot.state === 'C') {
    return { headline: 'The car asks for energy', hint: 'The contactor closes as soon as every guard agrees.' };
  }
  if (pilot.offered_a > 0) {
    return { headline: `Allowed: ${figure(pilot.offered_a)} A are on offer`, hint: 'The length of the pulses tells the car how much. It has not asked for energy yet.' };
  }
  return { headline: 'A car is connected and waits', hint: 'Tap a card: without one the charge point offers nothing.' };
}

function figure(current_a: number): string {
  return String(Math.round(current_a * 10) / 10);
}
