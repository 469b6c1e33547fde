/** Where the driver is. Asked for only when they want it: the browser's question must not come out of nowhere. */

export interface Where {
  latitude: number;
  longitude: number;
}

class Position {
  value = $state.raw<Where | null>(null);
  asking = $state(false);
  refused = $state(false);

  /** Without a question, where the browser was allowed to tell before. */
  async resume(): Promise<void> {
    try {
      const state = await navigator.permissions?.query({ name: 'geolocation' });
      if (state?.state === 'granted') await this.ask();
    } catch {
      // browsers without the question: the button asks
    }
  }

  ask(): Promise<void> {
    this.asking = true;
    this.refused = false;
    return new Promise((done) => {
      const end = (found: Where | null) => {
        this.asking = false;
        if (found) this.value = found;
        else this.refused = true;
        done();
      };
      if (!('geolocation' in navigator)) return end(null);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => end({ latitude: coords.latitude, longitude: coords.longitude }),
        () => end(null),
        { timeout: 15_000, maximumAge: 60_000 },
      );
    });
  }
}

export const position = new Position();

const EARTH_M = 6_371_000;

/** Metres along the great circle. */
export function distance_m(a: Where, b: Where): number {
  const rad = Math.PI / 180;
  const dLat = (b.latitude - a.latitude) * rad;
  const dLon = (b.longitude - a.longitude) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
