/** What a QR code, a sticker or a person's typing says of a connector. The server checks the code; here it is only found. */

const CODE = /^[0-9A-Z]{8}$/;

/** The code in `HTTPS://HOST/C/7K3M9QXA` or in `7k3m 9qxa`; null for anything else. The host does not matter: the code is
 *  looked up at the server that this app belongs to, so a foreign sticker finds nothing. */
export function codeIn(text: string): string | null {
  let said = text.trim();
  const link = /^https?:\/\/[^/?#]+\/(?:[^?#]*\/)?c\/([^/?#]+)/i.exec(said);
  if (link) said = link[1]!;
  const plain = said.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CODE.test(plain) ? plain : null;
}

/** `7K3M9QXA` → `7K3M 9QXA`: as it is read out and compared. */
export function spaced(code: string): string {
  return `${code.slice(0, 4)}\u00a0${code.slice(4)}`;
}
