import { expect, it } from 'vitest';
import { found } from './find';
import type { ChargePoint } from './types';

const point = (identity: string, name: string, site: string, state: string) =>
  ({ identity, name, site: { id: 1, name: site }, vendor: 'Bollard', model: null, state }) as unknown as ChargePoint;
const ALL = [point('CP1', 'By the gate', 'Harbour', 'Free'), point('CP2', 'Roof', 'Harbour', 'Broken'), point('CP3', 'Gate', 'Yard', 'Free')];
const names = (search: string, state: 'Free' | 'Broken' | null = null) => found(ALL, search, state).map((row) => row.identity);

it('finds by any of the words that people know a charge point by', () => {
  expect(names('gate')).toEqual(['CP1', 'CP3']);
  expect(names('HARBOUR gate')).toEqual(['CP1']);
  expect(names('cp2')).toEqual(['CP2']);
  expect(names('  ')).toHaveLength(3);
});

it('keeps to the state that was chosen', () => {
  expect(names('', 'Broken')).toEqual(['CP2']);
  expect(names('gate', 'Broken')).toEqual([]);
});
