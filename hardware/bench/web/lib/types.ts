/** What the bench's API sends, in its own spelling. */

/** Its own properties are null while no car is there. */
export interface Car {
  state: string;
  battery_kwh: number | null;
  soc: number | null;
  max_a: number | null;
  phases: number | null;
  /** on a DC connector */
  dc_max_kw: number | null;
  current_a: number[];
  power_w: number;
}

/** How fast the contactor last was, by the bench's own clock. */
export interface Latencies {
  c_to_contactor_ms: number | null;
  left_c_to_open_ms: number | null;
}

/** The part that reads the car on a DC connector; `told` has what its board's map has, null where the car says nothing. */
export interface EvLink {
  unit: number;
  mode: string;
  told: Partial<Record<'soc' | 'battery_capacity' | 'voltage' | 'current' | 'temperature' | 'power_request', number | null>>;
}

export interface Connector {
  connector_id: number;
  /** the most the board may offer, per phase */
  max_a: number;
  plugged: boolean;
  car: Car;
  /** of 3, those that are live at the outlet while the contactor is closed */
  live_phases: number;
  /** whether a cable with a rating of its own is plugged in here, and that rating */
  socket: boolean;
  cable_a: number | null;
  /** what the firmware says decides the current: a limit's name, or why nothing is offered */
  limited_by: string | null;
  pilot: { duty: number; offered_a: number; high_v: number; low_v: number; state: string };
  contactor: { commanded: boolean; coil: boolean; closed: boolean; welded: boolean };
  meter: { register_wh: number; unit: number; connected: boolean };
  lamps: string[];
  ev_link: EvLink | null;
  faults: string[];
  /** those whose part this connector and its board have */
  possible_faults: string[];
  events: Latencies;
}

/** What people see, hear and press. `rows`: of an ssd1306 a 0 or 1 a pixel, of an hd44780 its two lines. */
export interface Panel {
  display: { driver: 'ssd1306' | 'hd44780'; rows: string[]; light?: boolean } | null;
  buzzer: boolean | null;
  /** whether each connector has one */
  stop_buttons: boolean[];
}

export interface ChargePoint {
  identity: string;
  /** on the bench's clock; of two states the later one is true, in whatever order they arrive */
  as_of_us: number;
  board: string;
  process: 'running' | 'stopped' | 'rebooting';
  powered: boolean;
  link: boolean;
  boots: number;
  /** the WiFi that it opens while it has no settings; `url`: its page, from here */
  access_point?: { ssid: string; url: string } | null;
  reader: { card: string | null; connected: boolean } | null;
  emergency_stop: boolean;
  panel: Panel | null;
  connectors: Connector[];
  console: string[];
}

export interface NewChargePoint {
  identity: string;
  /** url and key are left out where it is not configured */
  url?: string;
  authorization_key?: string;
  configured: boolean;
  board: string;
  time_factor: number;
}

export interface CarChoice {
  battery_kwh: number;
  soc: number;
  max_a: number;
  phases: number;
  dc_max_kw?: number;
  cable_a?: number;
}

/** What this bench has to offer: boards by name, faults with their meaning. */
export interface Choices {
  boards: string[];
  faults: Record<string, string>;
}

/** Waits for an order and shows what it answered, or why it was refused. */
export type Act = (order: Promise<ChargePoint | void>) => Promise<void>;
