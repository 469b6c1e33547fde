import { beforeEach, expect, test, vi } from 'vitest';
import * as api from './api';
import { push } from './push.svelte';

vi.mock('./api');

/** This browser at its push service: what a page can ask of it. */
class Browser {
  made: { endpoint: string; toJSON: () => PushSubscriptionJSON; unsubscribe: () => Promise<boolean> } | null = null;
  #count = 0;

  pushManager = {
    getSubscription: async () => this.made,
    subscribe: async () => {
      const endpoint = `https://push.example/${++this.#count}`;
      return (this.made ??= { endpoint, toJSON: () => ({ endpoint }), unsubscribe: async () => !(this.made = null) });
    },
  };
}

const row = (subscription_id: number, endpoint: string) => ({ subscription_id, endpoint, created_at: '2026-01-01T00:00:00Z' });
let browser: Browser;

beforeEach(() => {
  vi.resetAllMocks();
  browser = new Browser();
  const worker = { pushManager: browser.pushManager };
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', { permission: 'granted', requestPermission: async () => 'granted' });
  vi.stubGlobal('navigator', { serviceWorker: { ready: Promise.resolve(worker), getRegistration: async () => worker } });
  vi.mocked(api.pushKey).mockResolvedValue({ public_key: 'key' });
});

test('turned off, neither the server nor the push service knows this browser any more, and others stay', async () => {
  await push.turnOn();
  vi.mocked(api.subscriptions).mockResolvedValue([row(7, 'https://push.example/other'), row(8, 'https://push.example/1')]);
  await push.turnOff();
  expect(vi.mocked(api.unsubscribe).mock.calls).toEqual([[8]]);
  expect(browser.made).toBeNull();
  expect(push.state).toBe('off');
});

test('without an answer of the server it ends at the push service all the same', async () => {
  await push.turnOn();
  vi.mocked(api.subscriptions).mockRejectedValue(new Error('no answer'));
  await push.turnOff();
  expect(browser.made).toBeNull();
});

test('a subscription that the server refuses is not left in the browser: the next try is a new one', async () => {
  vi.mocked(api.subscribe).mockRejectedValueOnce(new Error('somebody else takes push messages with this browser'));
  await expect(push.turnOn()).rejects.toThrow();
  expect(browser.made).toBeNull();
  await push.turnOn();
  expect(vi.mocked(api.subscribe).mock.calls.map(([sent]) => sent.endpoint)).toEqual(['https://push.example/1', 'https://push.example/2']);
  expect(push.state).toBe('on');
});

test('where there is no push, there is nothing to turn off', async () => {
  vi.stubGlobal('navigator', {});
  await push.turnOff();
  await push.drop();
  expect(vi.mocked(api.subscriptions)).not.toHaveBeenCalled();
});
