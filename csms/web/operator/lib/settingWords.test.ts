import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bound, inWords, meant, typed, WORDS } from './settingWords';
import type { HouseSetting } from './types';

const SETTING: HouseSetting = {
  key: 'hold_cents', group: 'money', unit: 'cents', money: true, value: 2000, file_value: 2000, source: 'default', changed_at: null, changed_by: null,
  at_least: 0, at_most: 10_000_000, longest: null,
};

it('has words for every setting that can be changed', () => {
  const schema = readFileSync(new URL('../../api/schema.d.ts', import.meta.url), 'utf8');
  const changes = /SettingsChanges: \{([^}]*)\}/.exec(schema)![1]!;
  const keys = [...changes.matchAll(/^\s*(\w+)\?:/gm)].map((found) => found[1]!);
  expect(keys.length).toBeGreaterThan(10);
  for (const key of keys) expect(WORDS, key).toHaveProperty(key);
});

it('takes money in its own unit, and sends whole cents', () => {
  expect(typed(SETTING, 1999, 'EUR')).toBe(19.99);
  expect(meant(SETTING, 19.99, 'EUR')).toBe(1999);
  expect(meant(SETTING, 0.1 + 0.2, 'EUR')).toBe(30);
  expect(meant(SETTING, null, 'EUR')).toBe(null);
  expect(bound(SETTING, SETTING.at_most, 'JPY')).toBe(10_000_000);
  expect(meant({ ...SETTING, unit: 'min' }, 15, 'EUR')).toBe(15);
});

it('says a value as people do', () => {
  expect(inWords(SETTING, 45, 'EUR')).toBe(new Intl.NumberFormat(undefined, { style: 'currency', currency: 'EUR' }).format(0.45));
  expect(inWords({ ...SETTING, unit: 'min' }, 15, 'EUR')).toBe('15\u00a0min');
  expect(inWords({ ...SETTING, unit: '' }, false, 'EUR')).toBe('off');
  expect(inWords({ ...SETTING, unit: '' }, '', 'EUR')).toBe('empty');
});
