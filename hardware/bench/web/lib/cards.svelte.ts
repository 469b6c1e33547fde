/** The cards a person at the bench has in hand: those named in the address (?card=UID), and those used before in this browser. */

const KEY = 'bollard.bench.cards';
const MOST = 6;
const SOME_CARD = '04A1B2C3D4E5F6';

class Cards {
  known = $state<string[]>(gather());

  used(uid: string): void {
    this.known = [uid, ...this.known.filter((other) => other !== uid)].slice(0, MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.known));
    } catch {
      // storage is off: the cards then last as long as the page
    }
  }
}

function gather(): string[] {
  const named = new URLSearchParams(location.search).getAll('card').map(tidy);
  let before: unknown;
  try {
    before = JSON.parse(localStorage.getItem(KEY) ?? '[]');
  } catch {
    before = [];
  }
  const kept = Array.isArray(before) ? before.filter((uid): uid is string => typeof uid === 'string') : [];
  const all = [...new Set([...named, ...kept])].filter((uid) => uid);
  return (all.length ? all : [SOME_CARD]).slice(0, MOST);
}

/** `04:a1 b2` → `04A1B2`: as cards are printed → as the bench wants it. */
export function tidy(uid: string): string {
  return uid.replaceAll(/[^0-9a-fA-F]/g, '').toUpperCase();
}

export const cards = new Cards();
