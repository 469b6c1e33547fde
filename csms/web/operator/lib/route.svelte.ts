/** Where one is: the part of the address behind #, as /charge-points/CP1/messages. It works from whatever folder the page is served. */

function now(): string[] {
  return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part; // somebody typed a lone %
    }
  });
}

class Route {
  #parts = $state.raw<string[]>(now());

  constructor() {
    addEventListener('hashchange', () => (this.#parts = now()));
  }

  /** `['charge-points', 'CP1']`; empty at home. */
  get parts(): readonly string[] {
    return this.#parts;
  }

  go(...parts: (string | number)[]): void {
    location.hash = to(...parts);
  }
}

/** The address of a place: `to('sessions', 7)` → `#/sessions/7`. */
export function to(...parts: (string | number)[]): string {
  return `#/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

export const route = new Route();
