/** One thing that is asked of the server at a time: whether it is under way, and what came of it, in words.
Asked anew before the answer is there, only the newest one's outcome is told. */
export class Asking {
  busy = $state(false);
  failed = $state('');
  done = $state('');
  #turn = 0;

  /** Run `ask`; its answer, if it is text, is what was done. False when it failed. */
  async run(ask: () => Promise<string | void>): Promise<boolean> {
    const turn = ++this.#turn;
    this.busy = true;
    this.failed = this.done = '';
    try {
      const done = (await ask()) ?? '';
      if (turn === this.#turn) this.done = done;
      return true;
    } catch (error) {
      if (turn === this.#turn) this.failed = (error as Error).message;
      return false;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  clear(): void {
    this.failed = this.done = '';
  }
}
