import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_JSON_DEPTH } from '../../src/base/limits.ts';
import { JsonRefused, parseStrictJson } from '../../src/base/strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

function refusal(input: string | Uint8Array): string {
  try {
    parseStrictJson(typeof input === 'string' ? Buffer.from(input) : input);
  } catch (error) {
    if (error instanceof JsonRefused) return error.message;
    throw error;
  }
  return 'accepted';
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('what is refused', () => {
  const cases: [name: string, input: string | Uint8Array, reason: RegExp][] = [
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /UTF-8/],
    ['a surrogate written as UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
    ['Latin-1 text', Buffer.from('"Bálint"', 'latin1'), /UTF-8/],
    ['a byte order mark', '\ufeff{}', /byte order mark/],
    ['a raw NUL', '"a\0b"', /NUL/],
    ['an escaped NUL', String.raw`{"title":"a\u0000b"}`, /NUL/],
    ['an escaped NUL in a key', String.raw`{"a\u0000":1}`, /NUL/],
    ['half a surrogate pair', String.raw`"\ud83d"`, /lone surrogate/],
    ['the other half', String.raw`"x\udc00y"`, /lone surrogate/],
    ['halves in the wrong order', String.raw`"\udc00\ud83d"`, /lone surrogate/],
    ['a lone surrogate in a key', String.raw`{"\ud800":1}`, /lone surrogate/],
    ['a key twice', '{"a":1,"a":2}', /occurs twice/],
    ['a key twice, once in escapes', String.raw`{"a":1,"\u0061":2}`, /occurs twice/],
    ['a key twice, with blanks before the colon', `{"a"${' '.repeat(100)}:1,"a"\n:2}`, /occurs twice/],
    ['a key twice, deep inside', '{"x":[{"k":1,"l":{},"k":2}]}', /occurs twice/],
    ['__proto__', '{"__proto__":{}}', /not allowed/],
    ['__proto__ in escapes', String.raw`{"\u005f_proto__":{}}`, /not allowed/],
    ['__proto__ with blanks before the colon', `{"__proto__"${'\t'.repeat(40)}:{}}`, /not allowed/],
    ['constructor', '{"a":{"constructor":1}}', /not allowed/],
    ['prototype', '{"prototype":1}', /not allowed/],
    ['an integer beyond 2^53', '9007199254740992', /2\^53/],
    ['a negative integer beyond 2^53', '{"n":-9007199254740993}', /2\^53/],
    ['an integer beyond 2^53 with a fraction', '9007199254740993.0', /2\^53/],
    ['an integer beyond 2^53 with an exponent', '1e30', /2\^53/],
    ['a number that overflows', '1e400', /out of range/],
    ['a minus alone', '-', /bad number/],
    ['too deep', nested(MAX_JSON_DEPTH + 1), /too deeply/],
    ['too deep, never closed', '['.repeat(100_000), /too deeply/],
    ['objects too deep', '{"a":'.repeat(MAX_JSON_DEPTH + 1), /too deeply/],
    ['a bad escape', String.raw`"\x"`, /bad escape/],
    ['text without an end', '{"a', /without an end/],
    ['text that ends in a backslash', '"a\\', /without an end/],
    ['nothing', '', /JSON/],
    ['NaN', 'NaN', /JSON/],
    ['Infinity', '[Infinity]', /JSON/],
    ['a number with a leading zero', '[01]', /JSON/],
    ['hexadecimal', '0x10', /JSON/],
    ['two values', '{}{}', /JSON/],
    ['a comment', '{}//', /JSON/],
    ['a trailing comma', '[1,]', /JSON/],
    ['single quotes', "{'a':1}", /JSON/],
    ['brackets that do not match', '{"a":[}]', /JSON/],
    ['a raw line break in a text', '"a\nb"', /JSON/],
  ];
  test.each(cases)('%s', (_, input, reason) => expect(refusal(input)).toMatch(reason));

  test('the reason stays short, however long the key', () => {
    const key = 'k'.repeat(500_000);
    expect(refusal(`{"${key}":1,"${key}":2}`).length).toBeLessThan(300);
  });

  test('the place of the refusal is told', () => {
    expect(() => parse('{"a":1,"a":2}')).toThrow(expect.objectContaining({ offset: 7 }) as Error);
  });
});

describe('what is accepted', () => {
  test('Hungarian text in both normal forms, emoji, quotes, HTML, escapes', () => {
    const value = {
      nfc: 'őrült űrhajó',
      nfd: 'őrült űrhajó'.normalize('NFD'),
      emoji: '👩‍👩‍👧',
      'q"\\': '<b>\r\n\t"',
    };
    expect(parse(JSON.stringify(value))).toEqual(value);
    expect(parse(String.raw`"\ud83d\ude00"`)).toBe('😀');
    expect(parse(String.raw`"\\\" \\u0000"`)).toBe('\\" \\u0000');
  });

  test('the largest depth and the largest integers', () => {
    expect(parse(nested(MAX_JSON_DEPTH))).toHaveLength(1);
    expect(parse('[9007199254740991,-9007199254740991,-0,0.5,1e3,1.25E-2]')).toEqual([
      9007199254740991, -9007199254740991, -0, 0.5, 1000, 0.0125,
    ]);
  });

  test('the same key in different objects, and as a value', () => {
    expect(parse('{"a":{"a":"a"},"b":{"a":"constructor"}}')).toEqual({
      a: { a: 'a' },
      b: { a: 'constructor' },
    });
  });

  test('whatever JSON.stringify writes, but for what is refused above', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0') && s.isWellFormed());
    const key = text.filter((s) => !['__proto__', 'constructor', 'prototype'].includes(s));
    const leaf = fc.oneof(text, fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
    const value = fc.dictionary(key, fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf)));
    const agrees = (v: unknown) => {
      expect(parse(JSON.stringify(v))).toEqual(JSON.parse(JSON.stringify(v)));
    };
    fc.assert(fc.property(value, agrees));
  });
});

test('blanks change nothing: text in the shortest form is held to the same rules', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '"__proto__"',
    '"constructor"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u0061"',
    '1',
    '-0',
    '9007199254740992',
    '1e400',
    '0.5',
    'null',
    'true',
    '"ő"',
    '"\0"',
    '{"a":1}',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const nestedText = fc
    .tuple(fc.nat(MAX_JSON_DEPTH + 2), text)
    .map(([depth, inner]) => '['.repeat(depth) + inner + ']'.repeat(depth));
  fc.assert(
    fc.property(fc.oneof(text, nestedText), (candidate) => {
      const spaced = ` ${candidate.replaceAll('":', '" :')}`;
      expect(refusal(candidate) === 'accepted').toBe(refusal(spaced) === 'accepted');
    }),
    { numRuns: 3000 },
  );
});

test('a key that comes twice is found, whatever stands around it', () => {
  const word = fc.constantFrom('a', 'b', 'c', '', ':', ' :', ':a', 'a:', 'ő', '":', '\\', '","a":');
  const blank = fc.constantFrom('', '', '', ' ', '\n', '\t ');
  const pair = fc.record({ key: word, value: fc.oneof(word, fc.constantFrom(1, null)), blank });
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 5 }), fc.boolean(), (pairs, isNested) => {
      const text = `{${pairs
        .map((one) => `${JSON.stringify(one.key)}${one.blank}:${JSON.stringify(one.value)}`)
        .join()}}`;
      const isTwice = new Set(pairs.map(({ key }) => key)).size < pairs.length;
      const found = refusal(isNested ? `{"x":[${text}]}` : text);
      expect(found === 'accepted').toBe(!isTwice);
    }),
    { numRuns: 3000 },
  );
});
