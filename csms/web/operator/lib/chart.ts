/** uPlot, dressed in the page's colours. Imported when a curve is shown. */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';

export type { AlignedData } from 'uplot';

export interface Curve {
  label: string;
  unit: string;
  /** a colour of the page's tokens, as --used */
  colour: string;
  values: (number | null)[];
  digits: number;
}

/** Draw curves over time, each with an axis of its own; dragging zooms, a double click shows everything again. */
export function draw(place: HTMLElement, times_s: number[], curves: Curve[], zone: string | undefined): uPlot {
  const token = (name: string) => colourOf(place, name);
  const ink = token('--ink-soft');
  const line = token('--line');
  const date = (ts: number) => (zone ? uPlot.tzDate(new Date(ts * 1000), zone) : new Date(ts * 1000));
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const options: uPlot.Options = {
    width: place.clientWidth,
    height: Math.max(220, Math.min(360, Math.round(place.clientWidth * 0.4))),
    tzDate: date,
    cursor: { drag: { x: true, y: false } },
    scales: Object.fromEntries(curves.map((curve) => [curve.label, { range: (_, low, high) => bounds(low, high) } satisfies uPlot.Scale])),
    axes: [
      { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, values: hours(date) },
      ...curves.slice(0, 2).map((curve, i): uPlot.Axis => ({
        scale: curve.label, side: i === 0 ? 3 : 1, stroke: token(curve.colour), font, size: 64,
        grid: { show: i === 0, stroke: line, width: 1 }, ticks: { stroke: line }, values: (_, all) => all.map((value) => `${value} ${curve.unit}`),
      })),
    ],
    series: [
      { label: 'Time', value: (_, at) => (at === null ? '–' : clock(date(at))) },
      ...curves.map((curve): uPlot.Series => ({
        label: curve.label, scale: curve.label, stroke: token(curve.colour), width: 2, spanGaps: true, points: { show: curve.values.length < 3 },
        value: (_, value) => (value === null || value === undefined ? '–' : `${value.toFixed(curve.digits)} ${curve.unit}`),
      })),
    ],
  };
  return new uPlot(options, [times_s, ...curves.map((curve) => curve.values)], place);
}

// A canvas does not know light-dark(): the browser works the colour out on an element.
function colourOf(place: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  place.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function bounds(low: number, high: number): [number, number] {
  const top = high > 0 ? high * 1.08 : 1;
  return [Math.min(0, low), top];
}

const two = (value: number) => String(value).padStart(2, '0');
const clock = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

function hours(date: (ts: number) => Date) {
  return (_: uPlot, splits: number[], __: number, ___: number, step_s: number): string[] =>
    splits.map((at) => (step_s < 60 ? clock(date(at)) : clock(date(at)).slice(0, 5)));
}
