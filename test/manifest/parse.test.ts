import { describe, expect, test } from 'vitest';
import { MAX_LINKS, MAX_TEXT_LENGTH } from '../../src/base/limits.ts';
import {
  parseAuthor,
  parseEnd,
  parseIndexLine,
  parseManifest,
  parseRecord,
} from '../../src/manifest/parse.ts';
import { author, changed, DIGEST, end, manifest, omitted, packed, record } from './sample-documents.ts';

type Parse = (bytes: Uint8Array) => { value: unknown; problem: string | null };

test.each<[string, Parse, object]>([
  ['a manifest', parseManifest, manifest],
  ['a record', parseRecord, record],
  ['an author', parseAuthor, author],
  ['a packed line', parseIndexLine, packed],
  ['an omitted line', parseIndexLine, omitted],
  ['an end', parseEnd, end],
])('%s is what it was, and unknown fields are no obstacle', (_, parse, document) => {
  expect(parse(changed(document))).toEqual({ value: document, problem: null });
  const more = { ...document, later: { anything: [1, null] } };
  expect(parse(Buffer.from(JSON.stringify(more)))).toEqual({ value: more, problem: null });
});

type Case<T> = [what: string, change: (copy: T) => unknown, problem: RegExp];
type ManifestCopy = Parameters<NonNullable<Parameters<typeof changed<typeof manifest>>[1]>>[0];
type RecordCopy = Parameters<NonNullable<Parameters<typeof changed<typeof record>>[1]>>[0];

describe('a manifest is refused', () => {
  const cases: Case<ManifestCopy>[] = [
    ['of another format', (m) => (m.format!.name = 'zip'), /format\/name/],
    ['of version 0', (m) => (m.format!.version = 0), /version/],
    ['without capabilities', (m) => delete m.format!.capabilities, /capabilities/],
    ['with a local time', (m) => (m.created = '2025-03-15 08:30:00'), /created/],
    ['with a number as its time', (m) => (m.created = 1), /created/],
    ['with an id that is a path', (m) => (m.export_id = '../x'), /export_id/],
    ['with an id that is too long', (m) => (m.export_id = 'x'.repeat(65)), /export_id/],
    ['with an empty id', (m) => (m.export_id = ''), /export_id/],
    ['without a generator', (m) => delete m.generator, /generator/],
    ['with a negative count', (m) => (m.totals!.files = -1), /totals\/files/],
    ['with a fraction', (m) => (m.totals!.payload_bytes = 1.5), /payload_bytes/],
    ['with a count as text', (m) => (m.totals!.records = '1002'), /totals\/records/],
    ['with totals that its shards do not have', (m) => (m.totals!.records = 1003), /1003.*1002/],
    ['with shards out of order', (m) => m.records!.reverse(), /order/],
    ['with a shard left out', (m) => m.records!.shift(), /order/],
    ['with records among the authors', (m) => (m.authors![0]!.path = 'records/00001.jsonl'), /order/],
    ['with a shard anywhere else', (m) => (m.records![0]!.path = '/etc/passwd'), /path/],
    ['with an upper-case digest', (m) => (m.records![0]!.digest = DIGEST.toUpperCase()), /digest/],
    ['with a shard above 2 MiB', (m) => (m.records![0]!.size = 2 * 1024 * 1024 + 1), /size/],
    ['with a volume behind the last', (m) => (m.volume!.number = 2), /volume/],
    ['with a volume of another export', (m) => (m.volume!.export_id = 'other'), /volume/],
    [
      'with 51 top names',
      (m) => (m.summary!.tags = { count: 51, top: Array(51).fill({ name: 'a', images: 1 }) }),
      /top/,
    ],
    ['without a README', (m) => delete m.readme, /readme/],
  ];
  test.each(cases)('%s', (_, change, problem) => {
    const parsed = parseManifest(changed(manifest, change));
    expect(parsed.value).toBeNull();
    expect(parsed.problem).toMatch(problem);
  });

  test.each(['[]', 'null', '1', '"x"', '', '{', '{"a":1,"a":2}'])('when it is %s', (text) => {
    expect(parseManifest(Buffer.from(text)).value).toBeNull();
  });
});

describe('a record is refused', () => {
  const cases: Case<RecordCopy>[] = [
    ['without an image', (r) => delete r.image, /image/],
    ['without tags', (r) => delete r.tags, /tags/],
    ['with NULL written out', (r) => (r.image!.title = null), /title/],
    ['with a number in a text column', (r) => (r.image!.focal_length = 50), /focal_length/],
    [
      'with a text that is too long',
      (r) => (r.image!.description = 'x'.repeat(MAX_TEXT_LENGTH + 1)),
      /description/,
    ],
    ['with a digest that is none', (r) => (r.file!.digest = 'x'), /digest/],
    ['with a file of 8 GiB', (r) => (r.file!.size = 8 * 1024 ** 3), /size/],
    ['with half of a file', (r) => delete r.file!.size, /size/],
    ['with too many tags', (r) => (r.tags = Array(MAX_LINKS + 1).fill({ name: 'x' })), /tags/],
    ['with a tag without a name', (r) => (r.tags = [{ count: 1 }]), /name/],
    ['with an album without an id', (r) => (r.albums = [{ title: 'x' }]), /album_id/],
    ['with an album id that is a number', (r) => (r.albums = [{ album_id: 31 }]), /album_id/],
    ['with a note that is a number', (r) => (r.notes = [{ note: 1 }]), /note/],
    ['with a javascript: url', (r) => (r.image!.url = 'javascript:alert(1)'), /url.*http/],
    ['with a file: page', (r) => (r.image!.page_url = 'file:///etc/passwd'), /page_url.*http/],
    ['with a data: author', (r) => (r.image!.author_url = 'data:text/html,x'), /author_url.*http/],
    ['with blanks before a scheme', (r) => (r.image!.url = ' javascript:alert(1)'), /url.*http/],
    ['with an album that leads elsewhere', (r) => (r.albums![0]!.url = 'vbscript:x'), /albums.*http/],
    ['with a collection that does', (r) => (r.collections![0]!.url = '//evil.example'), /collections.*http/],
  ];
  test.each(cases)('%s', (_, change, problem) => {
    const parsed = parseRecord(changed(record, change));
    expect(parsed.value).toBeNull();
    expect(parsed.problem).toMatch(problem);
  });

  test('but not for links that are empty, or in capitals', () => {
    const bytes = changed(record, (r) => {
      r.image!.url = '';
      r.image!.page_url = 'HTTPS://INDAFOTO.HU/x';
    });
    expect(parseRecord(bytes).problem).toBeNull();
  });

  test('and not without a file', () => {
    expect(parseRecord(changed(record, (r) => delete r.file)).problem).toBeNull();
  });
});

describe('other lines are refused', () => {
  test.each<[string, Parse, unknown]>([
    ['an author without a name', parseAuthor, { details: {} }],
    ['a detail that is an object', parseAuthor, { author: 'x', details: { bio: {} } }],
    ['a detail that is NULL', parseAuthor, { author: 'x', details: { bio: null } }],
    ['a detail whose name is SQL', parseAuthor, { author: 'x', details: { 'bio) VALUES (1': 'x' } }],
    ['a detail in capitals', parseAuthor, { author: 'x', details: { BIO: 'x' } }],
    ['a favourite that is a number', parseAuthor, { author: 'x', favorite: 1 }],
    ['an index line that is both', parseIndexLine, { ...packed, ...omitted }],
    ['an index line that is neither', parseIndexLine, { digest: DIGEST }],
    ['an unknown reason', parseIndexLine, { omitted: 'tired' }],
    ['an offset below zero', parseIndexLine, { ...packed, offset: -1 }],
    ['an end without its manifest', parseEnd, { ...end, manifest: undefined }],
    ['an end that counts an unknown reason', parseEnd, { ...end, omitted: { tired: 1 } }],
    ['an end without an index', parseEnd, { ...end, index: {} }],
  ])('%s', (_, parse, document) => {
    const parsed = parse(Buffer.from(JSON.stringify(document)));
    expect(parsed.value).toBeNull();
    expect(parsed.problem).not.toBeNull();
  });

  test('and the reason stays short, whatever the line holds', () => {
    const details = { ['k'.repeat(100_000)]: {} };
    const long = parseAuthor(Buffer.from(JSON.stringify({ author: 'x', details }))).problem;
    expect(long!.length).toBeLessThan(500);
    const many = parseEnd(
      Buffer.from(JSON.stringify({ ...end, omitted: { ['r'.repeat(100_000)]: 'x' } })),
    ).problem;
    expect(many!.length).toBeLessThan(500);
  });
});
