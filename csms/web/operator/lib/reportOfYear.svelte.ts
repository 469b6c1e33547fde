/** The figures of one year: of the present one they are renewed now and then, and stay while they are being read. */
import { Asking } from './asking.svelte';
import type { Report } from './types';

const RENEW_MS = 60_000; // a sum over all sessions of a year is no small thing to ask

export class ReportOfYear {
  report = $state.raw<Report | null>(null);
  readonly reading = new Asking();
  readonly #read: (year: number) => Promise<Report>;
  #year = 0;
  #asked_at_ms = 0;

  constructor(read: (year: number) => Promise<Report>) {
    this.#read = read;
  }

  show(year: number): void {
    this.#year = year;
    this.report = null; // the heading has the new year already
    this.#ask();
  }

  /** Something may have changed. A year that is over changes no more, unless it could not be read. */
  renew(now_ms = Date.now()): void {
    if (!this.#year || now_ms - this.#asked_at_ms < RENEW_MS) return;
    if (this.report && !this.reading.failed && this.#year !== new Date(now_ms).getFullYear()) return;
    this.#ask();
  }

  #ask(): void {
    const year = this.#year;
    this.#asked_at_ms = Date.now();
    void this.reading.run(async () => {
      const found = await this.#read(year);
      if (year === this.#year) this.report = found;
    });
  }
}
