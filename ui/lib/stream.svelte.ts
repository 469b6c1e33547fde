/** One server-sent event stream that never gives up and says when what the page shows may be old.

Events are hints, rows are truth: after every (re)connection and once in a while the owner reads the rows again, and events
that came meanwhile are handed over after them. Events arrive in batches, so that hundreds a second do not freeze a page. A page nobody sees lets its stream go: a browser
opens six connections to a server in all, and forgotten tabs must not take them from the one being used. */

export type Freshness = 'connecting' | 'live' | 'stale';

export interface StreamEvent {
  type: string;
  data: Record<string, unknown>;
}

export interface StreamOptions {
  url: string;
  /** Names of the events to listen for; an event without a name arrives as `message`, or as its own `type` field says. */
  types: readonly string[];
  /** Read the rows. A rejection means the page is stale, and the stream tries again. */
  read: () => Promise<void>;
  apply: (events: StreamEvent[]) => void;
  connect?: (url: string) => EventSource;
}

const BATCH_MS = 50;
const CONNECT_MS = 10_000;
const REREAD_MS = 30_000;
const REFRESH_GAP_MS = 1_000; // a storm of events that each ask for a reading gets one a second
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export class EventStream {
  #freshness = $state<Freshness>('connecting');
  #heard_at_ms = $state<number | null>(null);
  #trouble = $state('');
  #options: StreamOptions;
  #source: EventSource | null = null;
  #waiting: StreamEvent[] = [];
  #reading = false;
  #read_at_ms = -Infinity;
  #retry_ms = FIRST_RETRY_MS;
  #batchTimer: ReturnType<typeof setTimeout> | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #rereadTimer: ReturnType<typeof setInterval> | undefined;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get freshness(): Freshness {
    return this.#freshness;
  }

  /** When the page last knew the truth; null before the first time. */
  get heard_at_ms(): number | null {
    return this.#heard_at_ms;
  }

  /** Why the rows could not be read the last time; empty when they were. */
  get trouble(): string {
    return this.#trouble;
  }

  open(): void {
    this.close();
    globalThis.document?.addEventListener('visibilitychange', this.#seen);
    this.#rereadTimer = setInterval(() => void this.#read(), REREAD_MS);
    this.#connect();
  }

  close(): void {
    globalThis.document?.removeEventListener('visibilitychange', this.#seen);
    this.#disconnect();
    this.#waiting = [];
    clearTimeout(this.#batchTimer);
    clearTimeout(this.#refreshTimer);
    clearInterval(this.#rereadTimer);
    this.#batchTimer = this.#refreshTimer = this.#rereadTimer = undefined;
  }

  /** Read the rows soon: for an event that tells of more than it carries, or after the owner changed something. */
  refresh(): void {
    if (this.#refreshTimer || !this.#source) return;
    const gap_ms = this.#reading ? REFRESH_GAP_MS : this.#read_at_ms + REFRESH_GAP_MS - Date.now();
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = undefined;
      if (this.#reading) this.refresh();
      else void this.#read();
    }, Math.max(0, gap_ms));
  }

  #seen = (): void => {
    if (document.hidden) this.#disconnect();
    else if (!this.#source) this.#connect();
  };

  #disconnect(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#retryTimer);
  }

  #connect(): void {
    this.#disconnect();
    const source = (this.#options.connect ?? ((url) => new EventSource(url)))(this.#options.url);
    this.#source = source;
    this.#connectTimer = setTimeout(() => this.#lost(), CONNECT_MS);
    source.onopen = () => {
      clearTimeout(this.#connectTimer);
      void this.#read();
    };
    source.onerror = () => {
      if (this.#source === source) this.#lost();
    };
    for (const type of new Set(['message', ...this.#options.types])) {
      source.addEventListener(type, (event) => this.#arrived(type, (event as MessageEvent<string>).data));
    }
  }

  // The browser's own retry stops for good at an HTTP error (a restarting server, a proxy's 502), so we always open anew.
  #lost(): void {
    if (this.#freshness === 'live') this.#freshness = 'stale';
    this.#disconnect();
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retry_ms * (0.75 + Math.random() / 2));
    this.#retry_ms = Math.min(this.#retry_ms * 2, LONGEST_RETRY_MS);
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    const source = this.#source;
    if (!source) return;
    this.#reading = true;
    try {
      await this.#options.read();
      if (source !== this.#source) return;
      this.#freshness = 'live';
      this.#trouble = '';
      this.#retry_ms = FIRST_RETRY_MS;
      this.#heard_at_ms = Date.now();
    } catch (error) {
      this.#trouble = (error as Error).message;
      if (source === this.#source) this.#lost();
    } finally {
      this.#reading = false;
      this.#read_at_ms = Date.now();
      this.#schedule();
      // A stream that was opened meanwhile found a reading under way, which told it nothing: it needs one of its own.
      if (this.#source && this.#source !== source) void this.#read();
    }
  }

  #arrived(type: string, text: string): void {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return; // a hint we cannot read: the next reading of the rows brings the truth
    }
    if (typeof data !== 'object' || data === null) return;
    const fields = data as Record<string, unknown>;
    const named = type === 'message' && typeof fields['type'] === 'string' ? fields['type'] : type;
    this.#waiting.push({ type: named, data: fields });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#waiting.length && !this.#batchTimer) this.#batchTimer = setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    this.#batchTimer = undefined;
    if (this.#reading || !this.#waiting.length) return; // the reader's end schedules us again
    const events = this.#waiting;
    this.#waiting = [];
    this.#heard_at_ms = Date.now();
    this.#options.apply(events);
  }
}
