/** OCPP's connector statuses (1.6 §7.7) as a person sees them: a family that gives the colour, a shape, and words. */

/** `out` is the quiet form of `broken`: nothing works there, and nobody has to run. */
export type Family = 'free' | 'reserved' | 'used' | 'broken' | 'out' | 'away';
export type Shape = 'ring' | 'plug' | 'bolt' | 'pause' | 'flag' | 'clock' | 'bar' | 'warning' | 'question' | 'unlinked';

export interface StatusLook {
  family: Family;
  shape: Shape;
  label: string;
}

const LOOKS = new Map<string, StatusLook>(Object.entries({
  Available: { family: 'free', shape: 'ring', label: 'Available' },
  Preparing: { family: 'used', shape: 'plug', label: 'Preparing' },
  Charging: { family: 'used', shape: 'bolt', label: 'Charging' },
  SuspendedEV: { family: 'used', shape: 'pause', label: 'Paused by car' },
  SuspendedEVSE: { family: 'used', shape: 'pause', label: 'Paused by charge point' },
  Finishing: { family: 'used', shape: 'flag', label: 'Finishing' },
  Reserved: { family: 'reserved', shape: 'clock', label: 'Reserved' },
  Unavailable: { family: 'out', shape: 'bar', label: 'Out of service' },
  Faulted: { family: 'broken', shape: 'warning', label: 'Faulted' },
  /** Not a status of OCPP: its link is down, and what it last said may be old. */
  Away: { family: 'away', shape: 'unlinked', label: 'Out of reach' },
}));

const UNKNOWN: StatusLook = { family: 'out', shape: 'question', label: 'Not known yet' };

export function lookOf(status: string | null | undefined): StatusLook {
  return LOOKS.get(status ?? '') ?? UNKNOWN;
}

/** OCPP's errorCode (1.6 §7.6) as words: `GroundFailure` → `Ground failure`; `NoError` → nothing. */
export function errorWords(code: string | null | undefined): string {
  if (!code || code === 'NoError') return '';
  const words = code.replaceAll(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4').split(' ');
  return words.map((word, i) => (i === 0 || word === word.toUpperCase() ? word : word.toLowerCase())).join(' ');
}
