import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecord } from '../../src/manifest/parse.ts';
import { NO_FILE, PlainRecordReader } from '../../src/manifest/plain-record.ts';
import type { ImageRecord } from '../../src/manifest/types.ts';
import { DIGEST, record } from './sample-documents.ts';

const reader = new PlainRecordReader();

/** The file of a record that is read without being parsed, in the midst of other bytes; undefined for another line. */
function fileRead(line: string): { digest: string; size: number } | null | undefined {
  const bytes = Buffer.from(`{"}]${line}}]"`);
  if (!reader.reads(bytes, 4, bytes.length - 3)) return undefined;
  const { digestAt, size } = reader;
  return size === NO_FILE ? null : { digest: bytes.toString('latin1', digestAt, digestAt + 64), size };
}

const { taken_date, page_url, ...imageBegins } = record.image;

/** A record in which nothing needs an escape, with all that one may have but what is personal. */
const plain: ImageRecord = {
  file: { digest: DIGEST, size: 1234, name: 'őszi kép.jpg', mtime: -1 },
  image: { ...imageBegins, title: 'Őszi erdő 🍂', camera_make: 'Canon', taken_date, page_url },
  tags: [{ name: 'ősz', count: 12 }, { name: '' }, { name: 'Ősz', count: -3 }],
  albums: [{ album_id: '31', title: 'Bükk', url: '', is_public: 1 }, { album_id: '' }],
  collections: [{ collection_id: '31', url: 'https://indafoto.hu/31' }],
};

/** Lines as the writer makes them, and what it takes to read each. */
const lines = [
  plain,
  { ...plain, tags: [], albums: [], collections: [] },
  { ...plain, image: {} },
  { image: { title: 'x', sha256_hash: DIGEST }, tags: [], albums: [], collections: [] },
].map((one) => JSON.stringify(one));

test.each(lines)('a line of the writer is read without being parsed: %s', (line) => {
  const { value } = parseRecord(Buffer.from(line));
  const file = value!.file === undefined ? null : { digest: value!.file.digest, size: value!.file.size };
  expect(fileRead(line)).toEqual(file);
});

/** Says so where a line is read as a record that is none, or another. */
function compare(line: string): void {
  const found = fileRead(line);
  if (found === undefined) return;
  const { value, problem } = parseRecord(Buffer.from(line));
  expect({ line, problem }).toEqual({ line, problem: null });
  expect(found?.digest).toBe(value!.file?.digest);
  expect(found?.size).toBe(value!.file?.size);
}

/** What may stand where it should not. */
const pieces = fc.oneof(
  fc.constantFrom(
    '',
    '"',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '0',
    '1',
    '-',
    '.',
    'e',
    ' ',
    '\n',
    '\0',
    '\u007f',
    'é',
  ),
  fc.constantFrom(
    'null',
    '99999999999999',
    'http://',
    '"digest":"',
    '"title":"y",',
    '"url":"ftp://x",',
    '"__proto__":1,',
  ),
  fc.constantFrom(
    '"image":{',
    '"file":{}',
    '"tags":[],',
    ',"notes":[]',
    '{"name":"z"},',
    ',"count":1',
    ',"size":1',
    '"mtime":1,',
  ),
);

test('whatever is done to a line, it is read as what it is, or not', () => {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(12), insert: pieces });
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.array(edit, { minLength: 1, maxLength: 3 }), (line, edits) => {
      compare(
        edits.reduce((text, { at, remove, insert }) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + insert + text.slice(place + remove);
        }, line),
      );
    }),
    { numRuns: 5000 },
  );
});

test('a part that is moved, doubled or left out changes what a line is', () => {
  const parts = lines[0]!.split(/(?<=[,{[])/);
  fc.assert(
    fc.property(
      fc.array(fc.nat(parts.length - 1), { minLength: 1, maxLength: 3 }),
      fc.nat(parts.length),
      (moved, to) => {
        const copy = [...parts];
        copy.splice(to, 0, ...moved.map((at) => parts[at]!));
        compare(copy.join(''));
        compare(parts.filter((_, at) => !moved.includes(at)).join(''));
      },
    ),
    { numRuns: 2000 },
  );
});

describe('limits', () => {
  const changed = (change: Partial<ImageRecord>) => JSON.stringify({ ...plain, ...change });
  test.each([
    ['a size beyond what a tar header can say', changed({ file: { ...plain.file!, size: 8_589_934_592 } })],
    ['a size below zero', changed({ file: { ...plain.file!, size: -1 } })],
    ['a time beyond all calendars', changed({ file: { ...plain.file!, mtime: 8_640_000_000_001 } })],
    ['a name of too many characters', changed({ file: { ...plain.file!, name: 'x'.repeat(1025) } })],
    [
      'more tags than a record may have',
      changed({ tags: Array(2001).fill({ name: '' }) as ImageRecord['tags'] }),
    ],
    [
      'more albums than a record may have',
      changed({ albums: Array(2001).fill({ album_id: '' }) as ImageRecord['albums'] }),
    ],
    ['an upper-case digest', changed({ file: { ...plain.file!, digest: DIGEST.toUpperCase() } })],
    ['an address that is none', changed({ image: { url: 'javascript:alert(1)' } })],
    ['a count that would be rounded', lines[0]!.replace('"count":12', '"count":9007199254740993')],
    ['a key twice', lines[0]!.replace('"tags":', '"tags":[],"tags":')],
    ['no file where one should be', lines[0]!.replace(/"file":\{.*?\}/, '"file":null')],
  ])('%s is no plain record, and no record', (_, line) => {
    expect(parseRecord(Buffer.from(line)).value).toBeNull();
    expect(fileRead(line)).toBeUndefined();
  });
});
