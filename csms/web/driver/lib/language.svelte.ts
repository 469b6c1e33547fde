/** The words of the app in the driver's language. English is built in, the others are loaded when they are wanted. */
import { numberFormat } from '@bollard/ui';
import { en, type Word, type Words } from './words/en';
export type { Word };

export const LANGUAGES = { en: 'English', it: 'Italiano', sv: 'Svenska' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'bollard.language';
const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
  it: async () => (await import('./words/it')).it,
  sv: async () => (await import('./words/sv')).sv,
};

function isLanguage(text: string): text is Language {
  return text in LANGUAGES;
}

/** A browser may name what it then refuses itself, as `en-US@posix`. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function stored(): Language | null {
  try {
    const chosen = localStorage.getItem(KEY) ?? '';
    return isLanguage(chosen) ? chosen : null;
  } catch {
    return null; // storage is off: the browser's own wish counts
  }
}

function wished(): Language {
  const chosen = stored();
  if (chosen) return chosen;
  for (const tag of navigator.languages) {
    const short = tag.split('-')[0]!.toLowerCase();
    if (isLanguage(short)) return short;
  }
  return 'en';
}

class LanguageChoice {
  /** whether it was chosen on this device, and not only guessed */
  chosen = stored() !== null;
  #value = $state<Language>('en');
  #words = $state.raw<Words>(en);
  #locale = $derived(navigator.languages.find((tag) => tag.split('-')[0] === this.#value && isTag(tag)) ?? this.#value);

  get value(): Language {
    return this.#value;
  }

  get words(): Words {
    return this.#words;
  }

  /** For figures and dates: the browser's own region where it speaks this language, as en-GB for en. */
  get locale(): string {
    return this.#locale;
  }

  load(): Promise<void> {
    return this.#use(wished());
  }

  /** What somebody has chosen on another device, unless something else was chosen on this one. */
  async follow(language: string): Promise<void> {
    if (!this.chosen && isLanguage(language) && language !== this.#value) await this.#use(language);
  }

  async choose(language: Language): Promise<void> {
    await this.#use(language);
    this.chosen = true;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // it then lasts as long as the page
    }
  }

  async #use(language: Language): Promise<void> {
    try {
      this.#words = language === 'en' ? en : await LOADERS[language]();
      this.#value = language;
    } catch {
      return; // without a network and never loaded before: the words stay as they are
    }
    document.documentElement.lang = language;
  }
}

export const language = new LanguageChoice();

/** The words for `key`, with `{name}` filled in. With `count`, the form that the language has for that number. */
export function t(key: Word, fill: Record<string, string | number> = {}): string {
  return language.words[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

const plurals = new Map<Language, Intl.PluralRules>();

/** One or many: the words of `<key>_one` or `<key>_many`, with the number as {n}. */
export function many(key: string, n: number): string {
  let rules = plurals.get(language.value);
  if (!rules) plurals.set(language.value, (rules = new Intl.PluralRules(language.value)));
  const form = rules.select(n) === 'one' ? 'one' : 'many';
  return t(`${key}_${form}` as Word, { n: numberFormat(language.locale).format(n) });
}
