/** Who is logged in on this page. */
import * as api from './api';
import type { Me } from './types';

class Account {
  /** undefined until the server was asked, null for nobody */
  user = $state<Me | null | undefined>(undefined);
  trouble = $state('');

  async ask(): Promise<void> {
    this.trouble = '';
    try {
      this.user = await api.me();
    } catch (error) {
      this.trouble = (error as Error).message;
    }
  }

  async enter(email: string, password: string): Promise<void> {
    this.user = await api.login(email, password);
  }

  /** The server no longer knows us: the cookie ran out or was withdrawn. */
  expired(): void {
    this.user = null;
  }

  async leave(): Promise<void> {
    try {
      await api.logout();
      this.user = null;
    } catch (error) {
      this.trouble = (error as Error).message; // the cookie still stands: saying otherwise would be a lie
    }
  }
}

export const account = new Account();
