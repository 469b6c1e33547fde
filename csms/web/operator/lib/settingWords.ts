/** The house's settings in words, and their values as people type them. */
import { format } from '@bollard/ui';
import { decimalsOf, fromCents, toCents } from './cents';
import type { HouseSetting } from './types';

export const GROUPS: Record<HouseSetting['group'], string> = {
  money: 'Money', charging: 'Charging', people: 'People and notices', keeping: 'How long things are kept',
};

/** What each is called, and what it does. */
export const WORDS: Record<string, readonly [label: string, hint: string]> = {
  default_price_cents_per_kwh: ['Price of a kWh', 'Where neither a tariff nor a price of its own holds. Running sessions keep theirs.'],
  start_credit_cents: ['Start credit', 'Given to everyone who registers from now on.'],
  hold_cents: ['Set aside at each start', 'Of the driver’s credit, until the session is billed.'],
  stop_when_credit_runs_out: ['Stop when credit runs out', 'Who has no credit does not start, and who has used it up is stopped.'],
  stop_when_full: ['Stop when the car is full', 'A car that says 100 % in three samples is stopped.'],
  reservation_minutes: ['A reservation holds for', 'One that says nothing else.'],
  usual_target_percent: ['A battery is charged to', 'The time left is reckoned to there, where neither driver nor reservation says.'],
  meter_value_sample_interval_s: ['Meter values every', 'While a car charges. Charge points that are connected are told at once; 0 leaves each as it is.'],
  display_costs_every_s: ['Cost to displays every', 'How often a running session’s cost is told; 0: never.'],
  zombie_after_s: ['End forgotten sessions after', 'Whose connector has been free, or busy with another one, for so long; 0: never.'],
  registration: ['Anybody may register', 'Off: accounts are made here, under People.'],
  emergency_number: ['Emergency number', 'Shown at each connector and told to displays, unless a site has its own; empty: none.'],
  tell_emergency_number: ['Tell it to displays', 'Off: charge points keep the number they have.'],
  soc_notice_percent: ['Tell drivers at', 'The state of charge, for who has not chosen another one.'],
  mail_sender_name: ['Mail is sent as', 'The name that people read before the address.'],
  offline_notice_after_s: ['Tell operators after', 'A charge point that has been away for so long; 0: never.'],
  meter_values_raw_days: ['Meter values, each one', 'Then by quarters of an hour; 0: for ever.'],
  notices_kept_days: ['Notices', '0: for ever.'],
  audit_kept_days: ['Audit log', '0: for ever. What is forgotten leaves the rest of its chain whole.'],
  currency: ['Currency', ''],
  payment_provider: ['Payment provider', ''],
  public_url: ['Public address', ''],
  public_ocpp_url: ['Address for charge points', ''],
  http: ['Pages and API listen on', ''],
  ocpp: ['OCPP listens on', ''],
  ocpp_tls: ['OCPP by TLS listens on', ''],
  cpo_name: ['Organization in certificates', ''],
  client_certificate_days: ['Certificates are good for, days', ''],
  mail: ['Mail server', ''],
  push_contact: ['Push services write to', ''],
  push_hosts: ['Other push services', ''],
  map_tiles_url: ['Map pictures', ''],
  map_attribution: ['Who is named for the map', ''],
  heartbeat_interval_s: ['Heartbeat, s', ''],
  local_list_sync_s: ['Local lists compared every, s', ''],
  requests_per_minute: ['Requests a minute', ''],
  data_dir: ['Data folder', ''],
  log_level: ['Log level', ''],
  database_url: ['Database', ''],
  metrics_token_file: ['Token for metrics', ''],
};

/** Why one that is only shown cannot be changed here. */
export const WHY = { restart: 'read when the server starts', secret: 'may hold a secret', books: 'all that is booked is in it' } as const;

export type Value = HouseSetting['value'];
/** What a field holds: a number may be missing while one types. */
export type Typed = Value | null;

/** As a field shows it: money in the currency's own unit. */
export function typed(setting: HouseSetting, value: Value, currency: string): Value {
  return setting.unit === 'cents' ? fromCents(Number(value), currency) : value;
}

/** What is sent for what was typed. */
export function meant(setting: HouseSetting, value: Typed, currency: string): Typed {
  return setting.unit === 'cents' && value !== null ? toCents(Number(value), currency) : value;
}

export function bound(setting: HouseSetting, bound: number | null, currency: string): number | undefined {
  if (bound === null) return undefined;
  return setting.unit === 'cents' ? fromCents(bound, currency) : bound;
}

export const step = (setting: HouseSetting, currency: string): number => (setting.unit === 'cents' ? 10 ** -decimalsOf(currency) : 1);

/** `20 min`, `€0.45`, `on`. */
export function inWords(setting: HouseSetting, value: Value, currency: string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value || 'empty';
  if (setting.unit === 'cents') return format.money(value, currency);
  return setting.unit ? `${value}\u00a0${setting.unit}` : String(value);
}
