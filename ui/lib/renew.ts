/** A page that was open when its server was renewed asks for parts that are no longer there: it is then loaded anew. */

const KEY = 'bollard.renewed_at_ms';
const AGAIN_MS = 60_000; // a part that is missing right after that is missing for good: no second try, no loop

/** To be called before anything is loaded on demand. */
export function renewWhenOutdated(reload: () => void = () => location.reload()): void {
  addEventListener('vite:preloadError', () => {
    if (!navigator.onLine) return; // nothing is outdated, there is no network
    try {
      if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < AGAIN_MS) return;
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return; // storage is off: nothing then keeps it from a loop
    }
    reload();
  });
}
