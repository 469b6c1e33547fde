/** One thing that is asked of the server at a time: whether it is under way, and what came of it, in words. */
export class Asking {
  busy = $state(false);
  failed = $state('');
  done = $state('');

  /** Run `ask`; its answer, if it is text, is what was done. False when it failed. */
  async run(ask: () => Promise<string | void>): Promise<boolean> {
    this.busy = true;
    this.failed = this.done = '';
    try {
      this.done = (await ask()) ?? '';
      return true;
    } catch (error) {
      this.failed = (error as Error).message;
      return false;
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    this.failed = this.done = '';
  }
}
