import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { account } from './account.svelte';
import * as api from './api';
import { mine } from './mine.svelte';
import { places } from './places.svelte';
import type { Balance, Charging, Me, Station } from './types';

vi.mock('./api');

/** A stand-in for the browser's EventSource, which Node does not have. */
class Wire extends EventTarget {
  static last: Wire;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  close() {}

  constructor() {
    super();
    Wire.last = this;
  }

  async say(type: string, data: object) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
    await vi.advanceTimersByTimeAsync(300);
  }
}

const charge = { transaction_id: 5, energy_wh: 100, power_w: 7000, cost_cents: 4 } as Charging;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Wire);
  vi.mocked(api.login).mockResolvedValue({ id: 1, currency: 'EUR' } as Me);
  vi.mocked(api.charging).mockResolvedValue([charge]);
  vi.mocked(api.reservations).mockResolvedValue([]);
  vi.mocked(api.balance).mockResolvedValue({ balance_cents: 700 } as Balance);
  vi.mocked(api.unread).mockResolvedValue(0);
  await account.enter('dora@example.org', 'password');
  mine.open();
});
afterEach(() => {
  mine.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('new figures of a charge are shown and are no news; what they cannot tell is', async () => {
  Wire.last.onopen!();
  await vi.advanceTimersByTimeAsync(0);
  const before = mine.news;
  await Wire.last.say('MeterSample', { transaction_id: 5, energy_wh: 250 });
  expect(mine.sessions[0]!.energy_wh).toBe(250);
  expect(mine.news).toBe(before);
  await Wire.last.say('Notified', { kind: 'session_ended' });
  expect(mine.news).toBe(before + 1);
});

test('how other charge points are is told, and is no news of mine', async () => {
  Wire.last.onopen!();
  await vi.advanceTimersByTimeAsync(0);
  const before = { news: mine.news, readings: vi.mocked(api.charging).mock.calls.length };
  const connectors = [{ connector_id: 1, status: 'Available', availability: 'available', code: 'A' }, { connector_id: 2, status: 'Charging' }];
  places.stations = [{ id: 'CP1', state: 'Free', name: 'Yard', connectors }, { id: 'CP2', state: 'Free', connectors: [] }] as unknown as Station[];
  const now = { id: 'CP1', state: 'Used', connectors: [{ connector_id: 1, status: 'Preparing', availability: 'occupied' }] };
  await Wire.last.say('PlacesChanged', { places: [now, { id: 'CP9', state: 'Free', connectors: [] }] });
  expect(places.stations).toEqual([
    { id: 'CP1', state: 'Used', name: 'Yard', connectors: [{ connector_id: 1, status: 'Preparing', availability: 'occupied', code: 'A' }, connectors[1]] },
    { id: 'CP2', state: 'Free', connectors: [] },
  ]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect({ news: mine.news, readings: vi.mocked(api.charging).mock.calls.length }).toEqual(before);
  expect(places.live()).toBe(true);
});

test('how charge points are is read at each connection while somebody looks, and never undoes what was heard since', async () => {
  const connectors = [{ connector_id: 1, status: 'Available', availability: 'available' }];
  const free = { id: 'CP1', state: 'Free', connectors } as unknown as Station;
  const used: Station = { ...free, state: 'Used' };
  const answers: ((rows: Station[]) => void)[] = [];
  vi.mocked(api.stations).mockImplementation(() => new Promise((done) => answers.push(done)));
  const state = async (turn: number, row: Station) => {
    answers[turn]!([row]);
    await vi.advanceTimersByTimeAsync(0);
    return places.stations?.[0]?.state;
  };
  Wire.last.onopen!();
  await vi.advanceTimersByTimeAsync(0);
  expect(answers.length).toBe(0); // nobody looks
  const stop = places.watch();
  expect(await state(0, free)).toBe('Free');

  Wire.last.onerror!();
  await vi.advanceTimersByTimeAsync(1_000);
  Wire.last.onopen!();
  expect(answers.length).toBe(2);
  expect(await state(1, used)).toBe('Used'); // while the stream was away
  void places.read();
  await Wire.last.say('PlacesChanged', { places: [{ ...free, connectors: [] }] });
  expect(await state(2, used)).toBe('Free');
  void places.read();
  void places.read();
  expect(await state(4, used)).toBe('Used');
  expect(await state(3, free)).toBe('Used');
  stop();
});

test('a reading under way when its driver leaves shows the next person nothing', async () => {
  let answer = (_: Balance) => {};
  vi.mocked(api.balance).mockReturnValue(new Promise((done) => (answer = done)));
  const reading = mine.reread();
  await account.leave();
  mine.close(); // as the app does for nobody
  answer({ balance_cents: 700 } as Balance);
  await reading;
  expect(mine.balance).toBeNull();
  expect(mine.sessions).toEqual([]);
});
