import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { changeWords } from './auditWords';

it('says what was changed', () => {
  expect(changeWords('PUT', '/api/tariffs/{tariff_id}')).toBe('Changed a tariff');
});

it('reads a route that has no words yet', () => {
  expect(changeWords('POST', '/api/charge-points/{identity}/clear-cache')).toBe('Made: clear-cache');
});

it('has words for routes that exist, and for no others', () => {
  const known = readFileSync(new URL('../../api/schema.d.ts', import.meta.url), 'utf8');
  const source = readFileSync(new URL('./auditWords.ts', import.meta.url), 'utf8');
  for (const [, route] of source.matchAll(/'[A-Z]+ (\/api\/[^']+)'/g)) expect(known, route).toContain(`"${route}"`);
});
