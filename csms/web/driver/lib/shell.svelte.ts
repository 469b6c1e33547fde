/** The app as a thing on the device: is there a network, is the worker there, can it be installed. */

class Shell {
  /** false while the browser itself says there is no network, or the last call got no answer */
  #answered = $state(true);
  #online = $state(navigator.onLine);

  get reachable(): boolean {
    return this.#online && this.#answered;
  }

  /** Every call says how it went. */
  note(answered: boolean): void {
    this.#answered = answered;
  }

  watch(): void {
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => (this.#online = false));
    // The worker is there in a built app only; over plain http browsers have none but on this very machine.
    if (import.meta.env.PROD && 'serviceWorker' in navigator) {
      void navigator.serviceWorker.register('./worker.js').catch(() => undefined);
    }
  }
}

export const shell = new Shell();
