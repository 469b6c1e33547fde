/** Push messages to this browser: asked for only where somebody sees what they are good for. */
import * as api from './api';

type State = 'unknown' | 'unsupported' | 'off' | 'refused' | 'on';

class Push {
  state = $state<State>('unknown');

  async look(): Promise<void> {
    if (!('PushManager' in globalThis) || !('Notification' in globalThis) || !('serviceWorker' in navigator)) {
      this.state = 'unsupported';
      return;
    }
    if (Notification.permission === 'denied') {
      this.state = 'refused';
      return;
    }
    const worker = await navigator.serviceWorker.getRegistration();
    this.state = !worker ? 'unsupported' : (await worker.pushManager.getSubscription()) ? 'on' : 'off';
  }

  /** Ask the person, then the browser's push service, then tell the server; throws in words for a person. */
  async turnOn(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') return void (this.state = 'refused');
    const worker = await navigator.serviceWorker.ready;
    const { public_key } = await api.pushKey();
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key });
    try {
      await api.subscribe(made.toJSON());
    } catch (error) {
      await made.unsubscribe(); // known to the browser alone, or to the server as somebody else's: the next is a new one
      throw error;
    }
    this.state = 'on';
  }

  /** Here no more: told to the server, and, should that not hear it, to the push service, which tells it in time. */
  async turnOff(): Promise<void> {
    const made = await this.#made();
    if (!made) return;
    try {
      const own = (await api.subscriptions()).find((row) => row.endpoint === made.endpoint);
      if (own) await api.unsubscribe(own.subscription_id);
    } catch {
      // as above
    }
    await this.drop();
  }

  /** For when the server no longer knows who we are: what it still sends must not reach the next person here. */
  async drop(): Promise<void> {
    const made = await this.#made();
    if (!made) return;
    await made.unsubscribe();
    this.state = 'off';
  }

  async #made(): Promise<PushSubscription | null> {
    if (!('PushManager' in globalThis) || !('serviceWorker' in navigator)) return null;
    const worker = await navigator.serviceWorker.getRegistration();
    return (await worker?.pushManager.getSubscription()) ?? null;
  }
}

export const push = new Push();
