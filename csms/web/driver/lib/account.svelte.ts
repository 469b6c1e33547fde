/** Who is logged in on this device. Without a network it is whoever was, and the app says that it is an old picture. */
import { HttpError } from '@bollard/ui';
import * as api from './api';
import { forgetAll, keep, kept } from './kept';
import { language, type Language } from './language.svelte';
import { push } from './push.svelte';
import type { Me } from './types';

class Account {
  /** undefined until the server was asked, null for nobody */
  user = $state<Me | null | undefined>(undefined);

  async ask(): Promise<void> {
    try {
      this.#is(await api.me());
    } catch (error) {
      const before = kept<Me>('my.account');
      if (error instanceof HttpError && error.status === 0 && before) this.user = before.value;
      else this.user = null;
    }
  }

  async enter(email: string, password: string): Promise<void> {
    this.#is(await api.login(email, password));
  }

  async register(email: string, name: string, password: string): Promise<void> {
    this.#is(await api.register(email, name, password, language.value));
  }

  /** The server no longer knows us: the cookie ran out, or the account is gone. */
  expired(): void {
    this.#is(null);
  }

  async leave(): Promise<void> {
    await push.turnOff().catch(() => undefined); // while the server still knows whose it is
    await api.logout();
    this.#is(null);
  }

  get currency(): string {
    return this.user?.currency ?? 'EUR';
  }

  /** In which language notices come: the one chosen here is kept with the account. */
  async speak(chosen: Language): Promise<void> {
    await language.choose(chosen);
    if (this.user) await this.#tell(this.user);
  }

  async #agree(user: Me): Promise<void> {
    if (user.language) await language.follow(user.language);
    else await this.#tell(user);
  }

  async #tell(user: Me): Promise<void> {
    const told = { ...user, language: language.value };
    await api.changeProfile({ language: language.value });
    if (this.user?.id !== user.id) return;
    this.user = told;
    keep('my.account', told);
  }

  #is(user: Me | null): void {
    if (user) {
      keep('my.account', user);
      void this.#agree(user).catch(() => undefined); // the next time it is asked again
    }
    else {
      forgetAll();
      void push.drop().catch(() => undefined);
    }
    this.user = user;
  }
}

export const account = new Account();
