import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStrictJson } from '../../src/base/strict-json.ts';
import { parseIndexLine } from '../../src/manifest/parse.ts';
import { schemaProblem } from '../../src/manifest/schema.ts';

const digest = 'ab'.repeat(32);
const good = (path: string, size: number | string = 5, offset: number | string = 512) =>
  `{"path":"${path}","digest":"${digest}","size":${size},"offset":${offset}}`;

/** What the schema alone says of a line. */
function bySchema(bytes: Buffer): unknown {
  try {
    const value = parseStrictJson(bytes);
    return schemaProblem('index', value) === null ? value : null;
  } catch {
    return null;
  }
}

/** Lines that are nearly as the writer makes them: some characters are others. */
const nearly = fc
  .record({
    line: fc.constantFrom(
      good(`files/ab/${digest}.jpg`),
      good('', 0, 0),
      good('a', 999_999_999, '999999999999999'),
      good('a', '1234567890', '9007199254740991'),
      good('x'.repeat(101)),
    ),
    edits: fc.array(
      fc.record({
        at: fc.nat(),
        remove: fc.nat(2),
        insert: fc.constantFrom('', '"', '\\', '0', '-', '.', 'é', '\0', ',', ' ', 'e5', '}'),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ line, edits }) =>
    edits.reduce((text, { at, remove, insert }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + remove);
    }, line),
  );

test('a line of the index means what the schema says, however it is read', () => {
  fc.assert(
    fc.property(nearly, (text) => {
      const bytes = Buffer.from(text);
      expect(parseIndexLine(bytes).value).toEqual(bySchema(bytes));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  [
    'no UTF-8',
    Buffer.concat([Buffer.from('{"path":"'), Buffer.from([0xff]), Buffer.from(good('').slice(9))]),
  ],
  ['a line with a newline behind it', Buffer.from(`${good('a')}\n`)],
])('%s is read as the schema says', (_, bytes) => {
  expect(parseIndexLine(bytes).value).toEqual(bySchema(bytes));
});
