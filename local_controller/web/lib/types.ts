/** What the local controller's API sends, in its own spelling. */

export interface Transaction {
  transaction_id: number;
  id_tag: string;
  started_at: string;
  energy_wh: number;
  power_w: number | null;
}

export interface Connector {
  connector_id: number;
  status: string | null;
  error_code: string | null;
  at: string | null;
  transaction: Transaction | null;
  /** what the charge point was told from this page, and until when it has time to do it */
  asked: { what: 'start' | 'stop'; until: string } | null;
  /** why no charge can be started here now; null: one can */
  why_not: string | null;
}

export interface ChargePoint {
  identity: string;
  serial: string;
  /** what people call it */
  name: string | null;
  /** it is let in no more, and no longer shown */
  retired: boolean;
  connected: boolean;
  /** its own connection to the central system stands */
  northbound: boolean;
  last_seen_at: string | null;
  connectors: Connector[];
}

/** Charges started at this page, and the account that pays for them. */
export interface OnSite {
  /** of the account; null: the central system has named none */
  name: string | null;
  /** why nothing can be started at the whole site; null: it can */
  why_not: string | null;
  /** of the accounts that paid lately, by the idTag of the charge */
  names: Record<string, string>;
}

export interface Status {
  site: { name: string; time_zone: string };
  csms: { connected: boolean; since: string | null };
  queue: { messages: number; oldest_at: string | null };
  /** messages that the central system or common sense refused, kept as they came */
  quarantined: number;
  /** as what this browser is logged in */
  role: 'operator' | 'viewer';
  /** viewers have a password */
  viewer: boolean;
  strangers: Stranger[];
  /** what a person must mend, each in one line */
  troubles: string[];
  storage: Storage;
  backed_up_at: string | null;
  power: Power;
  on_site: OnSite;
  /** false: the central system has closed the whole site */
  operative: boolean;
  /** what decides while the central system is away */
  cards: Cards;
  /** the last comparison of the books; null until there was one */
  audit: Audit | null;
}

/** Who tried to connect and was not let in; what it said of itself. */
export interface Stranger {
  identity: string;
  address: string;
  why: 'not adopted' | 'wrong key';
  tries: number;
  at: string;
}

/** Of the disk that the controller's data are on. */
export interface Storage {
  database_bytes: number;
  free_bytes: number;
  total_bytes: number;
}

export interface Power {
  /** amperes per phase for the whole site; null: nobody sets a limit */
  limit_a: number | null;
  /** what its charge points may draw together, as far as they have confirmed it */
  shared_a: number;
  /** charge points that have not confirmed their share */
  waiting: string[];
  /** amperes per phase taken off for the building, by the site's meter; null: it has none */
  building_a: number | null;
}

export interface Cards {
  /** of the local list; 0: there is none */
  version: number;
  entries: number;
  at: string | null;
  /** verdicts seen on cards that are not in the list */
  cached: number;
  unknown: 'refuse' | 'accept';
}

export interface Finding {
  charge_point: string;
  where: string;
  what: string;
}

export interface Audit {
  at: string;
  messages: number;
  transactions: number;
  not_compared: string[];
  findings: Finding[];
}

export interface AdoptionCode {
  code: string;
  expires_at: string;
}
