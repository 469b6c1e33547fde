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
    await api.subscribe(made.toJSON());
    this.state = 'on';
  }
}

export const push = new Push();
