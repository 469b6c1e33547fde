/** The time of day for whatever counts up or down on a page. It ticks only while something on the page reads it. */
import { createSubscriber } from 'svelte/reactivity';

class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Milliseconds since the epoch; read inside a template or `$derived` it stays current. */
  get now_ms(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const clock = new Clock();
