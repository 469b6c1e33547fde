/** One page of a long list: the API has the rows, this holds what is looked at, where that is, and what went wrong. */
import { HttpError } from '@bollard/ui';
import { account } from './account.svelte';

export const PER_PAGE = 50;

interface Found<T> {
  rows: T[];
  total: number;
}

export class Pages<T> {
  rows = $state.raw<T[]>([]);
  total = $state(0);
  offset = $state(0);
  trouble = $state('');
  loading = $state(false);
  /** false until the first page has come */
  known = $state(false);
  #read: (limit: number, offset: number) => Promise<Found<T>>;
  #turn = 0;

  constructor(read: (limit: number, offset: number) => Promise<Found<T>>) {
    this.#read = read;
  }

  /** Read the page that begins at `offset`; an answer that a later question has overtaken is dropped. */
  async load(offset = this.offset): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const found = await this.#read(PER_PAGE, offset);
      if (turn !== this.#turn) return;
      this.rows = found.rows;
      this.total = found.total;
      this.offset = offset;
      this.trouble = '';
      this.known = true;
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof HttpError && error.status === 401) account.expired();
      this.trouble = (error as Error).message;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}
