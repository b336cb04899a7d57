import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeForTerminal } from '../../src/cli/output/escape.ts';

describe('escapeForTerminal', () => {
  test.each([
    ['red\u001b[31m', 'red\\u{1b}[31m'],
    ['over\rwritten', 'over\\u{d}written'],
    ['two\nlines', 'two\\u{a}lines'],
    ['\u0007bell', '\\u{7}bell'],
    ['c1 \u009b31m', 'c1 \\u{9b}31m'],
    ['gpj.\u202eexe', 'gpj.\\u{202e}exe'],
    ['\u2066isolated\u2069', '\\u{2066}isolated\\u{2069}'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['joined\u200dletters', 'joined\\u{200d}letters'],
    ['soft\u00adhyphen', 'soft\\u{ad}hyphen'],
    ['bom\ufeff', 'bom\\u{feff}'],
    ['filler\u3164', 'filler\\u{3164}'],
    ['lone \ud800', 'lone \\u{d800}'],
    ['line\u2028separator', 'line\\u{2028}separator'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('makes %j visible', (text, visible) => {
    expect(escapeForTerminal(text)).toBe(visible);
  });

  test.each([
    'Árvíztűrő tükörfúrógép',
    'e\u0301kezet kétféleképpen',
    'C:\\képek\\új',
    'család 👨‍👩‍👧 és ❤️',
    'Anglia 🏴󠁧󠁢󠁥󠁮󠁧󠁿, kettes 2️⃣',
    '漢字 العربية हिन्दी',
    '',
  ])('leaves %j alone', (text) => {
    expect(escapeForTerminal(text)).toBe(text);
  });

  test('nothing that a terminal obeys comes through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex
        expect(escapeForTerminal(text)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
  });
});
