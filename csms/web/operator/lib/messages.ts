/** The messages of a charge point as the page holds them: newest first, bounded. */
import type { Exchange } from './types';

const MOST = 200;

/** `newer` before `rows`. A restarted centre counts from one again: then what it has is all there is. */
export function joined(newer: readonly Exchange[], rows: readonly Exchange[]): readonly Exchange[] {
  if (!newer[0]) return rows;
  const is_anew = newer[0].number < (rows[0]?.number ?? 0);
  return (is_anew ? newer : [...newer, ...rows]).slice(0, MOST);
}
