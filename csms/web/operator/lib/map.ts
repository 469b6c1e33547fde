/** Leaflet, and only what of it a map here needs. Imported when a map is shown: it is heavier than all the rest. */
import 'leaflet/dist/leaflet.css';
import * as L from 'leaflet';
import '../blocks/map.css'; // after Leaflet's own, which it overrules
import { calm } from '@bollard/ui';
import type { StateLook } from './states';

export type { LatLng, Map as LeafletMap, Marker } from 'leaflet';
export { L };

export interface Tiles {
  url: string;
  attribution: string;
}

const WHOLE_WORLD: L.LatLngTuple = [46, 10];

export function open(element: HTMLElement, tiles: Tiles): L.Map {
  const still = calm();
  const map = L.map(element, {
    zoomControl: true, attributionControl: false, center: WHOLE_WORLD, zoom: 4, maxZoom: 19,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
  });
  L.control.scale({ imperial: false }).addTo(map);
  if (tiles.url) {
    L.control.attribution({ prefix: false }).addTo(map);
    L.tileLayer(tiles.url, { attribution: escaped(tiles.attribution), maxZoom: 19 }).addTo(map);
  }
  return map;
}

/** A marker of a colour, a shape and a spoken name. Built of elements, never of text that came from elsewhere. */
export function marker(at: L.LatLngExpression, look: StateLook, path: string): L.Marker {
  return L.marker(at, { icon: icon(look, path), keyboard: true, riseOnHover: true });
}

/** Several in one place: how many they are, in the colour of the one that most needs to be looked at. */
export function countIcon(look: StateLook, count: number): L.DivIcon {
  const pin = pinOf(look);
  pin.classList.add('many');
  pin.textContent = String(count);
  return L.divIcon({ html: pin, className: 'pin-holder', iconSize: [36, 36], iconAnchor: [18, 18] });
}

function pinOf(look: StateLook): HTMLElement {
  const pin = document.createElement('span');
  pin.className = 'pin';
  pin.dataset['family'] = look.family;
  return pin;
}

export function icon(look: StateLook, path: string): L.DivIcon {
  const pin = pinOf(look);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  drawn.setAttribute('d', path);
  svg.append(drawn);
  pin.append(svg);
  return L.divIcon({ html: pin, className: 'pin-holder', iconSize: [30, 30], iconAnchor: [15, 15] });
}

// Leaflet takes the attribution for HTML; ours is a setting, and stays text.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
