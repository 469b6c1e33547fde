import { expect, it } from 'vitest';
import { errorWords, lookOf } from './status.ts';

it('gives a status it never heard of the look of the unknown, not of the free', () => {
  expect(lookOf('Levitating').family).toBe('out');
  expect(lookOf(null).label).toBe('Not known yet');
  expect(lookOf('toString').label).toBe('Not known yet');
});

it('tells the statuses of one colour apart by their shape', () => {
  const shapes = ['Preparing', 'Charging', 'SuspendedEV', 'Finishing'].map((status) => lookOf(status).shape);
  expect(new Set(shapes).size).toBe(4);
});

it('spells error codes as words and leaves abbreviations alone', () => {
  expect(errorWords('GroundFailure')).toBe('Ground failure');
  expect(errorWords('EVCommunicationError')).toBe('EV communication error');
  expect(errorWords('NoError')).toBe('');
});
