import { expect, test } from 'vitest';
import { codeIn, spaced } from './code';

test('a code is found in a link of any host and case, and in what people type', () => {
  for (const text of ['HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA', 'https://charge.example/some/folder/c/7k3m9qxa?x=1', ' 7k3m 9qxa ', '7K3M-9QXA']) {
    expect(codeIn(text)).toBe('7K3M9QXA');
  }
  expect(codeIn('OIL0 0000')).toBe('01100000');
});

test('anything else is no code', () => {
  for (const text of ['', '7K3M9QX', 'https://charge.example/d/7K3M9QXA', 'https://charge.example/', 'WIFI:S:net;;', '7K3M9QXÄ']) {
    expect(codeIn(text)).toBeNull();
  }
});

test('it is read out in two halves', () => {
  expect(spaced('7K3M9QXA')).toBe('7K3M\u00a09QXA');
});
