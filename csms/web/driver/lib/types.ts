/** What the API of the CSMS sends, in its own spelling. */

export type Availability = 'available' | 'occupied' | 'inoperative';
export type ChargePointState = 'Free' | 'Reserved' | 'Used' | 'Broken' | 'SiteNotReachable' | 'Dismissed' | 'Undefined';

/** The words are the units of a limit's value. */
export type LimitKind = 'energy_wh' | 'cost_cents' | 'soc_percent' | 'minutes';

export interface LimitWish {
  kind: LimitKind;
  value: number;
}

/** Of a charge; `estimated`: the battery was reckoned when it was reached. */
export interface Limit extends LimitWish {
  reached_at: string | null;
  estimated: boolean;
}

/** How a charge point is, as everybody may see it. */
export interface PlaceNow {
  id: string;
  state: ChargePointState;
  connectors: { connector_id: number; status: string; availability: Availability }[];
}

export interface Me {
  id: number;
  email: string;
  name: string;
  role: 'driver' | 'operator' | 'admin';
  currency: string;
  language: string | null;
}

export interface Connector {
  connector_id: number;
  evse_id: number;
  code: string;
  status: string;
  availability: Availability;
  type: string | null;
  power_w: number | null;
  price_cents_per_kwh: number;
  price_text: string;
}

export interface Station {
  id: string;
  name: string;
  state: ChargePointState;
  latitude: number | null;
  longitude: number | null;
  description: string | null;
  price_cents_per_kwh: number;
  last_heartbeat: string | null;
  site: { id: number; name: string };
  emergency_number: string;
  connectors: Connector[];
}

export interface ByCode {
  code: string;
  connector_id: number;
  station: Station;
  emergency_number: string;
}

export interface ConnectorType {
  id: string;
  name: string;
  current: 'AC' | 'DC';
  power: number;
}

export interface Session {
  transaction_id: number;
  charge_point: string;
  connector_id: number;
  id_tag: string;
  user: { id: number; email: string } | null;
  started_at: string;
  ended_at: string | null;
  energy_wh: number;
  power_w: number | null;
  price_cents_per_kwh: number;
  cost_cents: number;
  stop_reason: string | null;
  state: string;
  flags: string[];
  limit: Limit | null;
}

export interface Sample {
  at: string;
  energy_wh: number | null;
  power_w: number | null;
  soc_percent: number | null;
}

export interface Battery {
  soc_percent: number | null;
  measured: boolean;
  capacity_wh: number | null;
  target_soc_percent: number;
  minutes_left: number | null;
}

export interface SessionWithSamples extends Session {
  samples: Sample[];
  battery: Battery | null;
}

export interface BillLine {
  type: string;
  quantity: string;
  unit: string;
  price_cents: string;
  vat_percent: string;
  amount_cents: string;
  reservation: boolean;
}

export interface Bill {
  total_cents: number;
  vat_cents: number;
  lines: BillLine[];
}

export interface Reservation {
  reservation_id: number;
  charge_point: string;
  connector_id: number;
  state: 'pending' | 'confirmed' | 'refused' | 'used' | 'cancelled' | 'expired';
  reserved_at: string;
  expires_at: string;
}

export interface Balance {
  balance_cents: number;
  held_cents: number;
}

export interface Movement {
  booking_id: number;
  booked_at: string;
  kind: string;
  reason: string;
  amount_cents: number;
  transaction_id: number | null;
}

export interface TopUp {
  id: number;
  amount_cents: number;
  provider: string;
  reference: string;
  state: 'pending' | 'paid' | 'failed';
  pay_url: string;
}

export interface Card {
  /** it is for charges started at the page of this site's controller, and good there alone; null: an own card */
  site_id: number | null;
  id_tag: string;
  blocked: boolean;
  expires_at: string | null;
  valid_from: string | null;
}

export interface Vehicle {
  id: number;
  name: string;
  battery_wh: number | null;
  connector_type: string | null;
  plate: string | null;
  mac: string | null;
}

export type NewVehicle = Omit<Vehicle, 'id'>;

export interface Notice {
  notification_id: number;
  kind: string;
  title: string;
  text: string;
  charge_point: string | null;
  transaction_id: number | null;
  at: string;
  read_at: string | null;
}

export interface Ways {
  inbox: boolean;
  email: boolean;
  push: boolean;
}

export interface NoticeSettings {
  soc_percent: number | null;
  low_balance_cents: number | null;
  ways: Record<string, Ways>;
}

export interface Profile {
  id: number;
  email: string;
  name: string;
  surname: string;
  balance: number;
}

export interface PriceComponent {
  type: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';
  price_cents: string;
  vat_percent: string;
  step_size: number;
}

export interface TariffElement {
  price_components: PriceComponent[];
  restrictions: Record<string, unknown> | null;
}

export interface InForce {
  price_cents_per_kwh: number;
  currency: string;
  tariff: { elements: TariffElement[]; min_price_cents: number | null; max_price_cents: number | null; idle_grace_s: number } | null;
}

/** A browser that takes push messages. */
export interface Subscription {
  subscription_id: number;
  endpoint: string;
  created_at: string;
}

export interface Asked {
  status: string;
  charge_point: string;
  connector_id: number;
  transaction_id: number | null;
}

/** What holds for the whole installation, told to anybody. */
export interface About {
  currency: string;
  emergency_number: string;
  registration: boolean;
  password_reset: boolean;
  start_credit_cents: number;
  reservation_minutes: number;
  top_up: boolean;
  map_tiles_url: string;
  map_attribution: string;
}

/** A running charge of one's own. */
export interface Charging {
  transaction_id: number;
  charge_point: string;
  charge_point_name: string;
  connector_id: number;
  code: string;
  status: string;
  reachable: boolean;
  started_at: string;
  energy_wh: number;
  power_w: number | null;
  cost_cents: number;
  soc_percent: number | null;
  soc_measured: boolean;
  target_soc_percent: number | null;
  minutes_left: number | null;
  limit: Limit | null;
}

/** What a driver says of the car that charges. */
export interface CarWord {
  vehicle_id?: number;
  soc_percent?: number;
}
