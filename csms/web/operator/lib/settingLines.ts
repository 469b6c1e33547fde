/** Configuration keys and values as a person types them: one a line, the first equals sign between. */

export interface Setting {
  key: string;
  value: string;
}

export const textOf = (settings: readonly Setting[]) => settings.map(({ key, value }) => `${key} = ${value}`).join('\n');

/** An Error names the line that is none. */
export function settingsOf(text: string): Setting[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`“${line}” is no setting: write KEY = value.`);
    return { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
}
