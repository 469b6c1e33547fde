/** The last state, kept in this browser, so that the app opens without a network and says how it was. */

const PREFIX = 'bollard.app.';
const PERSONAL = 'my.';
const ACCOUNT = 'my.account';
let ofNobody = false;

export interface Kept<T> {
  at_ms: number;
  value: T;
}

export function keep(name: string, value: unknown): void {
  if (name === ACCOUNT) ofNobody = false;
  if (ofNobody && name.startsWith(PERSONAL)) return; // an answer that came after its person had gone
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ at_ms: Date.now(), value }));
  } catch {
    // storage is off or full: the app then begins empty the next time
  }
}

export function kept<T>(name: string): Kept<T> | null {
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null') as Kept<T> | null;
    return found && typeof found.at_ms === 'number' ? found : null;
  } catch {
    return null;
  }
}

/** What belongs to a person goes with them; nothing of that kind is kept until the next one has come. */
export function forgetAll(): void {
  ofNobody = true;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX + PERSONAL)) localStorage.removeItem(name);
  } catch {
    // as above
  }
}
