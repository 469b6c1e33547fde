/** Pins on a Leaflet map, for hundreds of places: those that would lie on each other are one until one looks closer, those out
 *  of sight are not in the page, and those that stay are changed, not made anew. The library is handed in: it comes late. */
import type * as Leaflet from 'leaflet';
import { clusters } from './clusters.ts';

export interface Located {
  key: string | number;
  latitude: number;
  longitude: number;
}

/** How a pin looks. It is drawn again when `look` is another word. */
export interface Drawn {
  look: string;
  /** what a reader of the page by ear hears */
  words: string;
  icon: () => Leaflet.DivIcon;
  /** shown beside the pin while one points at it; text, never HTML */
  tip?: string;
}

export interface PinsOptions<T> {
  draw: (group: readonly T[]) => Drawn;
  /** One was pressed; or several that no zoom takes apart. */
  onchoose: (group: readonly T[], at: Leaflet.LatLng) => void;
  /** Tell how many pins are in the page, after each change. */
  onplaced?: (count: number) => void;
}

const REACH_PX = 34; // somewhat more than a pin is wide
const AROUND = 0.5; // of the view's size on each side, where pins wait to be dragged into sight

interface Placed<T> {
  marker: Leaflet.Marker;
  look: string;
  group: readonly T[];
}

export function calm(): boolean {
  return globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
}

export class Pins<T extends Located> {
  #leaflet: typeof Leaflet;
  #map: Leaflet.Map;
  #layer: Leaflet.LayerGroup;
  #options: PinsOptions<T>;
  #points: readonly T[] = [];
  #groups: number[][] = []; // places in #points
  #zoom = NaN;
  #placed = new Map<string | number, Placed<T>>();

  constructor(leaflet: typeof Leaflet, map: Leaflet.Map, options: PinsOptions<T>) {
    this.#leaflet = leaflet;
    this.#map = map;
    this.#options = options;
    this.#layer = leaflet.layerGroup().addTo(map);
    map.on('moveend', () => this.#moved());
  }

  show(points: readonly T[]): void {
    const before = this.#points;
    this.#points = points;
    if (points.length !== before.length || points.some((point, n) => !sameSpot(point, before[n]!))) this.#group();
    this.#place();
  }

  #moved(): void {
    if (this.#map.getZoom() !== this.#zoom) this.#group();
    this.#place();
  }

  #group(): void {
    this.#zoom = this.#map.getZoom();
    const pixels = this.#points.map((point) => this.#map.project([point.latitude, point.longitude], this.#zoom));
    this.#groups = clusters([...pixels.keys()], (n) => pixels[n]!, REACH_PX);
  }

  #place(): void {
    const view = this.#map.getBounds().pad(AROUND);
    const there = new Set<string | number>();
    for (const places of this.#groups) {
      const group = places.map((n) => this.#points[n]!);
      const at = middle(group);
      if (!view.contains(at)) continue;
      const { key } = group[0]!;
      there.add(key);
      this.#draw(key, group, at);
    }
    for (const [key, { marker }] of this.#placed) {
      if (there.has(key)) continue;
      marker.remove();
      this.#placed.delete(key);
    }
    this.#options.onplaced?.(there.size);
  }

  #draw(key: string | number, group: readonly T[], at: Leaflet.LatLngTuple): void {
    const drawn = this.#options.draw(group);
    let placed = this.#placed.get(key);
    if (!placed) {
      const marker = this.#leaflet.marker(at, { icon: drawn.icon(), keyboard: true, riseOnHover: true });
      const made: Placed<T> = { marker, look: drawn.look, group };
      marker.on('click', () => this.#chosen(made));
      if (drawn.tip !== undefined) marker.bindTooltip(plain(drawn.tip), { direction: 'top', offset: [0, -14] });
      marker.addTo(this.#layer);
      this.#placed.set(key, made);
      placed = made;
      marker.getElement()?.setAttribute('aria-label', drawn.words);
    } else {
      placed.group = group;
      const was = placed.marker.getLatLng();
      if (was.lat !== at[0] || was.lng !== at[1]) placed.marker.setLatLng(at);
      if (placed.look === drawn.look) return;
      placed.look = drawn.look;
      placed.marker.setIcon(drawn.icon());
      if (drawn.tip !== undefined) placed.marker.setTooltipContent(plain(drawn.tip));
      placed.marker.getElement()?.setAttribute('aria-label', drawn.words);
    }
  }

  #chosen({ marker, group }: Placed<T>): void {
    const last = this.#map.getMaxZoom();
    const apart = group.length > 1 && Number.isFinite(last) && this.#map.getZoom() < last
      && clusters(group, (point) => this.#map.project([point.latitude, point.longitude], last), REACH_PX).length > 1;
    if (!apart) return this.#options.onchoose(group, marker.getLatLng());
    const bounds = this.#leaflet.latLngBounds(group.map((point) => [point.latitude, point.longitude]));
    this.#map.fitBounds(bounds, { padding: [60, 60], animate: !calm() });
  }
}

function sameSpot(a: Located, b: Located): boolean {
  return a.key === b.key && a.latitude === b.latitude && a.longitude === b.longitude;
}

function middle(group: readonly Located[]): Leaflet.LatLngTuple {
  const n = group.length;
  return [group.reduce((sum, point) => sum + point.latitude, 0) / n, group.reduce((sum, point) => sum + point.longitude, 0) / n];
}

// Names are said by charge points and people: they go in as text.
function plain(text: string): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  return element;
}
