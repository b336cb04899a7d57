import { expect, test } from 'vitest';
import { digestOf, EMPTY_DIGEST, isDigest, parseDigest } from '../../src/base/digest.ts';

// FIPS 180-2, appendix B.1
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('SHA-256 of bytes and of text', () => {
  expect(digestOf('abc')).toBe(ABC);
  expect(digestOf(Buffer.from('abc'))).toBe(ABC);
  expect(digestOf('árvíz')).toBe(digestOf(Buffer.from('árvíz', 'utf8')));
  expect(digestOf('')).toBe(EMPTY_DIGEST);
});

test('upper case in a database is the same digest', () => {
  expect(parseDigest(ABC.toUpperCase())).toBe(ABC);
  expect(parseDigest(` ${ABC}\n`)).toBe(ABC);
});

test.each([[null], [undefined], [12], [''], ['abc'], [`${ABC}0`], [ABC.slice(1)], [ABC.replace('b', 'g')]])(
  '%s is no digest',
  (text) => expect(parseDigest(text)).toBeNull(),
);

test('a digest has one form only', () => {
  expect(isDigest(ABC)).toBe(true);
  expect(isDigest(ABC.toUpperCase())).toBe(false);
  expect(isDigest(`${ABC}\n`)).toBe(false);
});
