import { expect, it } from 'vitest';
import { explain } from './explain';
import { glow } from './lamp';
import type { ChargePoint, Connector } from './types';

function bench(changes: { point?: Partial<ChargePoint>; connector?: Partial<Connector> } = {}): [ChargePoint, Connector] {
  const connector: Connector = {
    connector_id: 1, max_a: 32, plugged: true, ev_link: null, live_phases: 3, socket: false, cable_a: null,
    limited_by: 'profile',
    car: { state: 'C', battery_kwh: 50, soc: 40, max_a: 16, phases: 3, dc_max_kw: null, current_a: [16, 16, 16], power_w: 11040 },
    pilot: { duty: 0.266, offered_a: 16, high_v: 6, low_v: -12, state: 'C' },
    contactor: { commanded: true, coil: true, closed: true, welded: false },
    meter: { register_wh: 0, unit: 1, connected: true }, lamps: [], faults: [], possible_faults: [],
    events: { c_to_contactor_ms: null, left_c_to_open_ms: null }, ...changes.connector,
  };
  const chargePoint: ChargePoint = {
    identity: 'CP1', as_of_us: 1, board: 'bench', process: 'running', powered: true, link: true, boots: 1,
    reader: { card: null, connected: true }, emergency_stop: false, panel: null, connectors: [connector],
    console: [], ...changes.point,
  };
  return [chargePoint, connector];
}

it('says charging only while current flows', () => {
  expect(explain(...bench()).headline).toBe('Charging');
  const idle = { state: 'C', battery_kwh: 50, soc: 100, max_a: 16, phases: 3, dc_max_kw: null, current_a: [0, 0, 0], power_w: 0 };
  expect(explain(...bench({ connector: { car: idle } })).hint).toBe('The battery is full.');
});

it('puts the power cut before everything else', () => {
  expect(explain(...bench({ point: { powered: false, emergency_stop: true } })).headline).toBe('The power is cut');
});

it('tells a welded contactor from a closed one', () => {
  const welded = { commanded: false, coil: false, closed: true, welded: true };
  expect(explain(...bench({ connector: { contactor: welded } })).headline).toBe('The contactor is welded shut');
});

it('asks for a card when a car waits and nothing is offered', () => {
  const waiting = { duty: 1, offered_a: 0, high_v: 9, low_v: 0, state: 'B' };
  const open = { commanded: false, coil: false, closed: false, welded: false };
  expect(explain(...bench({ connector: { pilot: waiting, contactor: open } })).hint).toContain('Tap a card');
});

it('shows a dimmed lamp in its full hue, and a dark one as dark', () => {
  expect(glow('#001900')).toEqual({ colour: 'rgb(0 255 0)', brightness: Math.sqrt(25 / 255) });
  expect(glow('#000000').brightness).toBe(0);
});
