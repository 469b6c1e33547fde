/** The formatters of a browser, one of each kind: to make one costs a hundred times what it costs to use it, and a page of a table
 *  uses some hundreds. There are as many kinds as languages, currencies and time zones are shown. */

const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

export function numberFormat(locale: string | undefined, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const kind = `${locale} ${JSON.stringify(options)}`;
  let made = numbers.get(kind);
  if (!made) numbers.set(kind, (made = new Intl.NumberFormat(locale, options)));
  return made;
}

export function dateFormat(locale: string | undefined, options: Intl.DateTimeFormatOptions = {}): Intl.DateTimeFormat {
  const kind = `${locale} ${JSON.stringify(options)}`;
  let made = dates.get(kind);
  if (!made) dates.set(kind, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}
