import { expect, test } from 'vitest';
import { settingsOf, textOf } from './settingLines';

test('lines become settings, and settings lines', () => {
  const settings = [{ key: 'HeartbeatInterval', value: '300' }, { key: 'Empty', value: '' }, { key: 'Sum', value: 'a=b' }];
  expect(settingsOf(' HeartbeatInterval=300\n\nEmpty =\n Sum = a=b \n')).toEqual(settings);
  expect(settingsOf(textOf(settings))).toEqual(settings);
});

test('a line without a key or a sign is named', () => {
  expect(() => settingsOf('HeartbeatInterval 300')).toThrow('“HeartbeatInterval 300” is no setting');
  expect(() => settingsOf('= 300')).toThrow('is no setting');
});
