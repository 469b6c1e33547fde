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

/** Points that are one pin, as places in the list of all, and where it stands. */
interface Group {
  of: number[];
  at: Leaflet.LatLngTuple;
}

interface Placed<T> {
  marker: Leaflet.Marker;
  look: string;
  of: readonly number[];
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
  #groups: Group[] = [];
  #zoom = NaN;
  #placed = new Map<string | number, Placed<T>>();

  constructor(leaflet: typeof Leaflet, map: Leaflet.Map, options: PinsOptions<T>) {
    this.#leaflet = leaflet;
    this.#map = map;
    this.#options = options;
    this.#layer = leaflet.layerGroup().addTo(map);
    map.on('moveend', () => this.#moved());
  }

  /** Returns whether others are shown than before, or elsewhere. */
  show(points: readonly T[]): boolean {
    const before = this.#points;
    this.#points = points;
    if (points.length === before.length && points.every((point, n) => sameSpot(point, before[n]!))) {
      for (const placed of this.#placed.values()) this.#renew(placed, placed.of);
      return false;
    }
    this.#group();
    this.#place();
    return true;
  }

  /** Something that `draw` looks at beside its points is another. */
  redraw(): void {
    for (const placed of this.#placed.values()) this.#draw(placed);
  }

  #moved(): void {
    if (this.#map.getZoom() !== this.#zoom) this.#group();
    this.#place();
  }

  #group(): void {
    this.#zoom = this.#map.getZoom();
    const pixels = this.#points.map((point) => this.#map.project([point.latitude, point.longitude], this.#zoom));
    this.#groups = clusters([...pixels.keys()], (n) => pixels[n]!, REACH_PX)
      .map((of) => ({ of, at: spot(this.#points[of[0]!]!) })); // where its first one is: no two of them are nearer than the reach
  }

  #place(): void {
    const view = this.#map.getBounds().pad(AROUND);
    const there = new Set<string | number>();
    for (const { of, at } of this.#groups) {
      if (!view.contains(at)) continue;
      const { key } = this.#points[of[0]!]!;
      there.add(key);
      const placed = this.#placed.get(key);
      if (!placed) this.#placed.set(key, this.#make(of, at));
      else {
        const was = placed.marker.getLatLng();
        if (was.lat !== at[0] || was.lng !== at[1]) placed.marker.setLatLng(at);
        this.#renew(placed, of);
      }
    }
    for (const [key, { marker }] of this.#placed) {
      if (there.has(key)) continue;
      marker.remove();
      this.#placed.delete(key);
    }
    this.#options.onplaced?.(there.size);
  }

  #make(of: readonly number[], at: Leaflet.LatLngTuple): Placed<T> {
    const group = of.map((n) => this.#points[n]!);
    const { look, words, tip, icon } = this.#options.draw(group);
    const marker = this.#leaflet.marker(at, { icon: icon(), keyboard: true, riseOnHover: true });
    const made = { marker, look, of, group };
    marker.on('click', () => this.#chosen(made));
    marker.on('keydown', ({ originalEvent }) => { // the library itself gives keys to popups only
      if (originalEvent.key === 'Enter' || originalEvent.key === ' ') {
        originalEvent.preventDefault();
        this.#chosen(made);
      }
    });
    if (tip !== undefined) marker.bindTooltip(plain(tip), { direction: 'top', offset: [0, -14] });
    marker.addTo(this.#layer);
    marker.getElement()?.setAttribute('aria-label', words);
    return made;
  }

  #renew(placed: Placed<T>, of: readonly number[]): void {
    const group = of.map((n) => this.#points[n]!);
    if (of === placed.of && group.every((point, n) => point === placed.group[n])) return;
    [placed.of, placed.group] = [of, group];
    this.#draw(placed);
  }

  #draw(placed: Placed<T>): void {
    const { look, words, tip, icon } = this.#options.draw(placed.group);
    if (placed.look === look) return;
    placed.look = look;
    placed.marker.setIcon(icon());
    if (tip !== undefined) placed.marker.setTooltipContent(plain(tip));
    placed.marker.getElement()?.setAttribute('aria-label', words);
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

const spot = ({ latitude, longitude }: Located): Leaflet.LatLngTuple => [latitude, longitude];

// Names are said by charge points and people: they go in as text.
function plain(text: string): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  return element;
}
