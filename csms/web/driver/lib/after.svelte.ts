/** Where somebody wanted to go when they were asked to log in. */
import { route } from './route.svelte';

class After {
  #path = '';

  login(): void {
    this.#path = route.path;
    route.go('/login');
  }

  /** Logged in: on to where it was meant to go. */
  done(): void {
    const path = this.#path || '/';
    this.#path = '';
    route.replace(path);
  }
}

export const after = new After();
