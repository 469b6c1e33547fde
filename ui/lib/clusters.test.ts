import { expect, it } from 'vitest';
import { clusters, type Pixel } from './clusters.ts';

const self = (point: Pixel) => point;

/** A grid of points, `step` pixels apart. */
const grid = (columns: number, rows: number, step: number): Pixel[] =>
  Array.from({ length: columns * rows }, (_, n) => ({ x: (n % columns) * step, y: Math.floor(n / columns) * step }));

it('leaves points alone that stand far from each other', () => {
  expect(clusters(grid(25, 20, 50), self, 40).length).toBe(500);
});

it('makes one of those that would lie on each other', () => {
  expect(clusters([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 200, y: 0 }], self, 40).map((group) => group.length)).toEqual([2, 1]);
});

it('sees a neighbour on the other side of a border between cells', () => {
  expect(clusters([{ x: 39, y: 39 }, { x: 41, y: 41 }], self, 40).length).toBe(1);
  expect(clusters([{ x: -1, y: 0 }, { x: 1, y: 0 }], self, 40).length).toBe(1);
});

it('keeps every point once, and no two groups begin within reach of each other', () => {
  const points = grid(25, 20, 7);
  const groups = clusters(points, self, 40);
  expect(new Set(groups.flat()).size).toBe(500);
  expect(groups.flat().length).toBe(500);
  for (const [n, a] of groups.entries()) {
    for (const b of groups.slice(n + 1)) expect(Math.hypot(a[0]!.x - b[0]!.x, a[0]!.y - b[0]!.y)).toBeGreaterThanOrEqual(40);
  }
});

it('puts a point with the nearest of the groups it could be in', () => {
  const [a, b, between] = [{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 30, y: 0 }];
  expect(clusters([a, b, between], self, 40)).toEqual([[a], [b, between]]);
});

it('groups nothing without a reach', () => {
  expect(clusters([{ x: 0, y: 0 }, { x: 0, y: 0 }], self, 0).length).toBe(2);
});
