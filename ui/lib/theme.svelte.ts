/** Light, dark, or as the system says. The choice is kept in this browser. */

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'bollard.theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // storage is off: the choice then lasts as long as the page
  }
}

class ThemeChoice {
  #value = $state<Theme>(kept());

  get value(): Theme {
    return this.#value;
  }

  /** Put the choice on the root element; call it before the page is mounted. */
  apply(): void {
    if (this.#value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.#value;
  }

  next(): void {
    this.#value = ORDER[(ORDER.indexOf(this.#value) + 1) % ORDER.length]!;
    this.apply();
    try {
      localStorage.setItem(KEY, this.#value);
    } catch {
      // as above
    }
  }
}

export const theme = new ThemeChoice();
