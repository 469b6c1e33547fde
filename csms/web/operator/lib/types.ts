/** What the API of the CSMS sends, in its own spelling. */

export interface User {
  id: number;
  email: string;
  name: string;
  role: 'driver' | 'operator' | 'admin';
  currency?: string;
}

export interface ConnectorTransaction {
  transaction_id: number;
  id_tag: string;
  started_at: string;
  energy_wh: number;
  power_w: number | null;
  cost_cents: number;
}

export interface Connector {
  connector_id: number;
  status: string | null;
  error_code: string | null;
  status_at: string | null;
  code: string;
  transaction: ConnectorTransaction | null;
}

export interface ChargePoint {
  identity: string;
  name: string;
  site: { id: number; name: string };
  online: boolean;
  via: 'site' | 'direct' | null;
  last_seen_at: string | null;
  price_cents_per_kwh: number;
  connectors: Connector[];
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
}

export interface Card {
  id_tag: string;
  user: { id: number; email: string };
  blocked: boolean;
}

/** A transaction message that could not be booked as it stood. */
export interface Quarantined {
  id: number;
  charge_point: string;
  action: string;
  reason: string;
  received_at: string;
  times: number;
}

export interface Site {
  id: number;
  name: string;
  time_zone: string;
}
