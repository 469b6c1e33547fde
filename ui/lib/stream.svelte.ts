/** One server-sent event stream that never gives up and says when what the page shows may be old.

Events are hints, rows are truth: after every (re)connection and once in a while the owner reads the rows again, and events
that came meanwhile are handed over after them. Events are handed over in batches, and of those that tell of the same thing one is left,
so that hundreds a second do not freeze a page. A page nobody sees lets its stream go: a browser
opens six connections to a server in all, and forgotten tabs must not take them from the one being used. */

import { untrack } from 'svelte';

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
  /** At each (re)connection: for rows beside those of `read` that events tell of. */
  opened?: () => void;
  /** What an event tells of: a later one of the same takes the place of one that waits. null: it stands for itself. */
  about?: (event: StreamEvent) => string | null;
  /** What is left of two about the same; without this the later one. */
  join?: (before: StreamEvent, after: StreamEvent) => StreamEvent;
  connect?: (url: string) => EventSource;
}

/** The later of two events, with what it says nothing of from the one before. For `join`. */
export function filledIn(before: StreamEvent, after: StreamEvent): StreamEvent {
  const data = { ...after.data };
  for (const [name, value] of Object.entries(before.data)) data[name] ??= value;
  return { type: after.type, data };
}

const BATCH_MS = 50; // after a quiet while
const BATCH_GAP_MS = 250; // in a storm: nobody reads figures that change more often
const BATCH_SHARE = 6; // and where it takes long to show them, so many times as long,
const LONGEST_GAP_MS = 1_000; // but no longer than this
const CONNECT_MS = 10_000;
const REREAD_MS = 30_000;
const REFRESH_GAP_MS = 1_000; // a storm of events that each ask for a reading gets one a second,
const REFRESH_SHARE = 4; // and fewer where a reading takes long: one part of the time in five at most
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export class EventStream {
  #freshness = $state<Freshness>('connecting');
  #heard_at_ms = $state<number | null>(null);
  #trouble = $state('');
  #options: StreamOptions;
  #source: EventSource | null = null;
  #waiting = new Map<string | number, StreamEvent>(); // by what they tell of, in the order of the last of each
  #arrivals = 0;
  #flushed_at_ms = -Infinity;
  #gap_ms = BATCH_GAP_MS;
  #reading = false;
  #read_at_ms = -Infinity;
  #read_gap_ms = REFRESH_GAP_MS;
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
    this.#waiting.clear();
    clearTimeout(this.#batchTimer);
    clearTimeout(this.#refreshTimer);
    clearInterval(this.#rereadTimer);
    this.#batchTimer = this.#refreshTimer = this.#rereadTimer = undefined;
    this.#flushed_at_ms = this.#read_at_ms = -Infinity;
    [this.#gap_ms, this.#read_gap_ms] = [BATCH_GAP_MS, REFRESH_GAP_MS];
  }

  /** Read the rows soon: for an event that tells of more than it carries, or after the owner changed something. */
  refresh(): void {
    if (this.#refreshTimer || !this.#source) return;
    const left_ms = this.#reading ? REFRESH_GAP_MS : this.#read_at_ms + this.#read_gap_ms - performance.now();
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = undefined;
      if (this.#reading || performance.now() < this.#read_at_ms + this.#read_gap_ms) this.refresh();
      else void this.#read();
    }, Math.max(0, left_ms));
  }

  #seen = (): void => {
    if (document.hidden) this.#disconnect();
    else if (!this.#source) this.#connect();
  };

  #disconnect(): void {
    // nothing is heard any more; untracked, or an effect that opens a stream would do so again at each change of this
    if (untrack(() => this.#freshness) === 'live') this.#freshness = 'connecting';
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
      this.#options.opened?.();
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
    if (this.#heard_at_ms !== null) this.#freshness = 'stale';
    this.#disconnect();
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retry_ms * (0.75 + Math.random() / 2));
    this.#retry_ms = Math.min(this.#retry_ms * 2, LONGEST_RETRY_MS);
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    const source = this.#source;
    if (!source) return;
    this.#reading = true;
    const began_ms = performance.now();
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
      this.#read_at_ms = performance.now();
      this.#read_gap_ms = Math.max(REFRESH_GAP_MS, REFRESH_SHARE * (this.#read_at_ms - began_ms));
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
    this.#wait({ type: named, data: fields });
    this.#schedule();
  }

  #wait(event: StreamEvent): void {
    const about = this.#options.about?.(event) ?? null;
    if (about === null) {
      this.#waiting.set(this.#arrivals++, event);
      return;
    }
    const before = this.#waiting.get(about);
    this.#waiting.delete(about); // it goes to the end: what came between the two was before the later one
    this.#waiting.set(about, before && this.#options.join ? this.#options.join(before, event) : event);
  }

  #schedule(): void {
    if (!this.#waiting.size || this.#batchTimer) return;
    const wait_ms = Math.max(BATCH_MS, this.#flushed_at_ms + this.#gap_ms - performance.now());
    this.#batchTimer = setTimeout(() => this.#flush(), wait_ms);
  }

  #flush(): void {
    this.#batchTimer = undefined;
    if (this.#reading || !this.#waiting.size) return; // the reader's end schedules us again
    const events = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#heard_at_ms = Date.now();
    const began_ms = (this.#flushed_at_ms = performance.now());
    this.#options.apply(events);
    setTimeout(() => { // by then the page has been changed
      this.#gap_ms = Math.min(LONGEST_GAP_MS, Math.max(BATCH_GAP_MS, BATCH_SHARE * (performance.now() - began_ms)));
    });
  }
}
