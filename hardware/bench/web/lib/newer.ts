/** Answers to orders and events of the stream travel apart and overtake each other: of two states the later one is true.
 An old one taken for new would show a switch where it no longer is, and the next press would wish the same once more. */
import type { ChargePoint } from './types';

/** `told`, unless `known` is later; its console goes on where an event leaves it out. */
export function newer(known: ChargePoint | undefined, told: Omit<ChargePoint, 'console'> & { console?: string[] }): ChargePoint {
  if (known && known.as_of_us > told.as_of_us) return known;
  return { ...told, console: told.console ?? known?.console ?? [] };
}
