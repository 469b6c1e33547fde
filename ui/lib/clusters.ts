/** Which points of a map would lie on each other: those become one. Pure; distances are pixels of the zoom that is looked at. */

export interface Pixel {
  x: number;
  y: number;
}

/**
 * Points within `reach_px` of the first of their group are one group, in the order in which they came, so that the same
 * points at the same zoom are the same groups. Each point is in one group. It takes time in proportion to their number.
 */
export function clusters<T>(points: readonly T[], at: (point: T) => Pixel, reach_px: number): T[][] {
  if (reach_px <= 0) return points.map((point) => [point]);
  const groups: { first: Pixel; of: T[] }[] = [];
  const cells = new Map<string, { first: Pixel; of: T[] }[]>(); // as wide as the reach: who is near is in a cell beside
  for (const point of points) {
    const pixel = at(point);
    const [column, row] = [Math.floor(pixel.x / reach_px), Math.floor(pixel.y / reach_px)];
    let nearest: { first: Pixel; of: T[] } | undefined;
    let nearest_px = reach_px;
    for (let x = column - 1; x <= column + 1; x++) {
      for (let y = row - 1; y <= row + 1; y++) {
        for (const group of cells.get(`${x} ${y}`) ?? []) {
          const away_px = Math.hypot(group.first.x - pixel.x, group.first.y - pixel.y);
          if (away_px < nearest_px) [nearest, nearest_px] = [group, away_px];
        }
      }
    }
    if (nearest) nearest.of.push(point);
    else {
      const made = { first: pixel, of: [point] };
      groups.push(made);
      const cell = `${column} ${row}`;
      cells.set(cell, [...(cells.get(cell) ?? []), made]);
    }
  }
  return groups.map((group) => group.of);
}
