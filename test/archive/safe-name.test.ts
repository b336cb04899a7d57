import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSafeName, safeName, withDigits } from '../../src/archive/safe-name.ts';

/** What some system, or the explorer, would take for something else than a plain name. */
function dangersIn(name: string): string[] {
  const found: string[] = [];
  if (name === '' || name === '.') found.push('no name');
  if (/[<>:"/\\|?*\p{Cc}]/u.test(name)) found.push('character');
  if (name.includes('..')) found.push('two dots');
  if (/[. ]$/.test(name)) found.push('last character');
  if (/%[0-9a-f]{2}/i.test(name)) found.push('escape');
  if (/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i.test(name)) found.push('device');
  if (Buffer.byteLength(name) > 240) found.push('length');
  return found;
}

const PIECES = Array.from('.%/\\:* 4aCOoNnULlptT1¹²$\u0000\u0085ő📷');

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...PIECES), maxLength: 40 }),
  fc.constantFrom(
    'CON',
    'com1.jpg',
    'LPT¹.txt',
    'nul',
    'aux.',
    'CON .jpg',
    '%%4141',
    '%2e%2e',
    '....',
    '. .',
    ' ',
  ),
);

describe('a safe name', () => {
  test('holds nothing that any system takes for something else', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(dangersIn(safeName(text))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays as it is when it is made safe again', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(isSafeName(safeName(text))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('with digits of a digest is one, too, with the same extension', () => {
    const name = fc.tuple(nasty, fc.constantFrom('', '.jpg', '.JPEG'));
    fc.assert(
      fc.property(name, ([stem, extension]) => {
        const numbered = withDigits(safeName(stem + extension), '0123abcd');
        expect(dangersIn(numbered)).toEqual([]);
        expect(numbered).toContain('0123abcd');
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['', '_'],
    ['Tóth Gábor', 'Tóth Gábor'],
    ['ő'.repeat(120), 'ő'.repeat(120)],
    ['.rejtett', '.rejtett'],
    ['a.b', 'a.b'],
    ['100%', '100%'],
    ['console', 'console'],
    ['COM10', 'COM10'],
  ])('%j becomes %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  test('of different long names differs', () => {
    expect(safeName(`${'ű'.repeat(200)}a`)).not.toBe(safeName(`${'ű'.repeat(200)}b`));
  });
});
