import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, pad, widthOf, wrap } from '../../src/cli/output/text-width.ts';

describe('clip', () => {
  test('keeps what fits', () => {
    expect(clip('Kovács Éva', 10)).toBe('Kovács Éva');
  });

  test('cuts the end, or the middle where both ends tell something', () => {
    expect(clip('Naplemente a Balatonon', 12)).toBe('Naplemente …');
    expect(clip('indafoto_archive/Kovács Éva/image_1.jpg', 20, 'middle')).toBe('indafot…/image_1.jpg');
  });

  test('never cuts a grapheme apart', () => {
    expect(clip('család 👨‍👩‍👧👨‍👩‍👧', 10)).toBe('család 👨‍👩‍👧…');
    expect(clip('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });

  test('is never wider than asked, whatever the text', () => {
    const anyText = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        anyText,
        fc.nat(40),
        fc.constantFrom('end' as const, 'middle' as const),
        (text, width, where) => {
          expect(widthOf(clip(text, width, where))).toBeLessThanOrEqual(Math.max(width, 0));
        },
      ),
    );
  });
});

test('pad counts columns, not characters', () => {
  expect(pad('漢字', 6)).toBe('漢字  ');
  expect(pad('e\u0301', 3, 'right')).toBe('  e\u0301');
});

describe('wrap', () => {
  test('breaks at spaces and keeps long words whole', () => {
    expect(wrap('egy kettő három', 9)).toEqual(['egy kettő', 'három']);
    expect(wrap('a 0123456789abcdef b', 8)).toEqual(['a', '0123456789abcdef', 'b']);
  });

  test('an empty text is one empty line', () => {
    expect(wrap('', 10)).toEqual(['']);
  });
});
