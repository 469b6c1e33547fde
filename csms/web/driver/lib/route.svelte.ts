/** Where in the app one is: the part of the address after #, so that the server knows one address only. */

class Route {
  #path = $state(read());
  #steps = 0; // within the app: before the first, back leads out of it

  constructor() {
    addEventListener('hashchange', () => {
      this.#steps++;
      this.#path = read();
      scrollTo(0, 0);
    });
  }

  /** `/station/CP7` → `station` */
  get name(): string {
    return this.#path.split('/')[1] ?? '';
  }

  /** `/station/CP7` → `CP7` */
  get id(): string {
    return safe(this.#path.split('/')[2] ?? '');
  }

  get path(): string {
    return this.#path;
  }

  go(path: string): void {
    location.hash = path;
  }

  /** Instead of the present place, which is not worth going back to. */
  replace(path: string): void {
    history.replaceState(null, '', `#${path}`);
    this.#path = read();
    scrollTo(0, 0);
  }

  back(): void {
    if (this.#steps > 0) {
      this.#steps -= 2; // going back is a step, too
      history.back();
    } else this.go('/');
  }
}

/** A link of a connector leads to `./?code=…`, or to `./#/c/…`: both are the same place. */
function read(): string {
  const code = new URLSearchParams(location.search).get('code');
  if (code && !location.hash) {
    history.replaceState(null, '', `${location.pathname}#/c/${encodeURIComponent(code)}`);
  }
  return location.hash.replace(/^#/, '') || '/';
}

function safe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = new Route();
