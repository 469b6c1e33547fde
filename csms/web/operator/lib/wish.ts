/**
 * The Idempotency-Key of one wish: the same while the same is asked again, so that it is done once even where an answer was
 * lost; another one for another wish, and after it was fulfilled.
 *
 *     const wish = new Wish();
 *     await api.post('/api/…', { body, once: wish.key(body) });
 *     wish.fulfilled();
 */
export class Wish {
  #wanted = '';
  #key = '';

  /** `wanted`: all that tells this wish from another, as JSON can say it. */
  key(wanted: unknown): string {
    const said = JSON.stringify(wanted);
    if (!this.#key || said !== this.#wanted) {
      this.#wanted = said;
      // Not randomUUID(): browsers have that only on https and on localhost.
      this.#key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return this.#key;
  }

  fulfilled(): void {
    this.#key = '';
  }
}
