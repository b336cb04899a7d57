import type { FindingCode } from '../../src/base/findings.ts';
import { FRAME, hostileImages, type Hooks, type Json } from '../../fixtures/hostile-bundle.ts';
import { bombFrame, frameHead, rawFrame } from '../../fixtures/raw-container.ts';
import type { HostileCase } from './hostile-case.ts';

const MIB = 1024 * 1024;

/** Frames that ask for more than they may. */
const frame = (make: (tar: Buffer) => { bytes: Buffer; content: number }): Hooks => ({
  frames: (frames, tars) => frames.with(FRAME.firstFile + 1, make(tars[FRAME.firstFile + 1]!)),
});

const frameCase = (code: FindingCode, title: string, hooks: Hooks): HostileCase => ({
  title,
  code,
  gravity: 'damage',
  hooks,
  arrive: [0, 2],
});

/** A level above ours uses such a window only for content that is as large. */
const wide = (log: number) => (tar: Buffer) => {
  const head = frameHead(0x80, [(log - 10) << 3], tar.length);
  return { bytes: Buffer.concat([head, Buffer.from([1, 0, 0])]), content: tar.length };
};

export const FRAME_CASES: readonly HostileCase[] = [
  frameCase('limit-exceeded', 'a window of 16 MiB (log 24)', frame(wide(24))),
  frameCase('limit-exceeded', 'a window of 2 GiB (log 31)', frame(wide(31))),
  frameCase(
    'limit-exceeded',
    'no content size',
    frame((tar) => rawFrame(tar, { contentSize: false })),
  ),
  frameCase(
    'limit-exceeded',
    'a content size of 4 GiB',
    frame(() => bombFrame(8, 0xfffffe00)),
  ),
  frameCase(
    'frame-damaged',
    'a frame that expands to 2 GiB',
    frame(() => bombFrame(16 * 1024, 16 * MIB)),
  ),
  frameCase(
    'frame-damaged',
    'a content size that is too small',
    frame((tar) => ({ ...bombFrame(4, 512), content: tar.length })),
  ),
  frameCase(
    'frame-damaged',
    'a content size that is too large',
    frame((tar) => ({ ...bombFrame(1, 16 * MIB), content: tar.length })),
  ),
];

const line = (
  title: string,
  change: (record: Json) => string | Buffer,
  more: Partial<HostileCase> = {},
): HostileCase => ({
  title,
  code: 'record-invalid',
  gravity: 'damage',
  arrive: [0, 2],
  line: 2,
  hooks: {
    records: (lines) => lines.with(1, Buffer.from(change(JSON.parse(String(lines[1])) as Json) as string)),
  },
  ...more,
});

const image = (change: Json) => (record: Json) =>
  JSON.stringify({ ...record, image: { ...(record['image'] as Json), ...change } });
const raw = (from: string, to: string) => (record: Json) => JSON.stringify(record).replace(from, to);
const title = '"title":"Kép 1"';
const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;

export const RECORD_CASES: readonly HostileCase[] = [
  line('a text of 300,000 characters', image({ title: 'x'.repeat(300_000) })),
  // In a field that nobody knows yet: nothing else would mind it.
  line('JSON nested 10,000 deep', raw('"tags":', `"future":${DEEP},"tags":`)),
  line('a key that occurs twice', raw(title, `${title},"title":"Other"`)),
  line('a key that occurs twice, once escaped', raw(title, `${title},"t\\u0069tle":"Other"`)),
  line('bad UTF-8', (record) =>
    Buffer.concat([
      Buffer.from(raw(title, '"title":"X')(record).split('"X')[0]!),
      Buffer.from([0x22, 0xc3, 0x28, 0x22]),
      Buffer.from('}}'),
    ]),
  ),
  line('a lone surrogate', raw(title, '"title":"\\ud800"')),
  line('a NUL character', raw(title, '"title":"a\\u0000b"')),
  line('NaN', raw('"size":', '"size":NaN,"x":')),
  line('an integer beyond 2^53', raw('"mtime":', '"mtime":9007199254740993,"x":')),
  line('a number that is infinite', raw('"mtime":', '"mtime":1e999,"x":')),
  line('__proto__', raw('"tags":', '"__proto__":{"polluted":true},"tags":')),
  line('constructor', raw('"tags":', '"constructor":{"prototype":{"polluted":true}},"tags":')),
  line('a byte order mark', (record) => `\ufeff${JSON.stringify(record)}`),
  line('no JSON at all', () => 'DROP TABLE images'),
  line('a number where a text belongs', image({ title: 5 })),
  line('an address that runs code', image({ url: 'javascript:alert(1)' })),
  line('a page that is data', image({ page_url: 'data:text/html,<script>alert(1)</script>' })),
  line('an album whose address runs code', (record) =>
    JSON.stringify({ ...record, albums: [{ album_id: '1', url: 'JavaScript:alert(1)' }] }),
  ),
  line('2,001 tags', (record) =>
    JSON.stringify({ ...record, tags: Array.from({ length: 2001 }, (_, at) => ({ name: `t${at}` })) }),
  ),
  line('a digest that is none', raw('"digest":"', '"digest":"../../')),
  line('a size that is negative', raw('"size":', '"size":-1,"x":')),
  line(
    'another size for the same content',
    (record) => `${JSON.stringify(record)}\n${JSON.stringify(record).replace('"size":', '"size":1,"x":')}`,
    { arrive: [0, 1, 2], line: 3 },
  ),
];

const author = (
  title: string,
  change: (line: Json) => string | Buffer,
  more: Partial<HostileCase> = {},
): HostileCase => ({
  title: `an author with ${title}`,
  code: 'record-invalid',
  gravity: 'damage',
  arrive: [0, 1, 2],
  line: 1,
  hooks: { authors: (lines) => [change(JSON.parse(String(lines[0])) as Json)] },
  ...more,
});

const details = (change: Json) => (line: Json) =>
  JSON.stringify({ ...line, details: { ...(line['details'] as Json), ...change } });

export const AUTHOR_CASES: readonly HostileCase[] = [
  author('a text of 300,000 characters', details({ bio: 'x'.repeat(300_000) })),
  author('JSON nested 10,000 deep', raw('"details":', `"future":${DEEP},"details":`)),
  author('a key that occurs twice', raw('"slug":"anna"', '"slug":"anna","slug":"other"')),
  author('bad UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  author('a lone surrogate', raw('"anna"', '"\\ud800"')),
  author('a NUL character', raw('"anna"', '"a\\u0000b"')),
  author('an integer beyond 2^53', raw('"anna"', '9007199254740993')),
  author('__proto__', raw('"details":', '"__proto__":{"polluted":true},"details":')),
  author('no name', ({ author: _, ...rest }) => JSON.stringify(rest)),
  author('no JSON at all', () => 'DROP TABLE author_details'),
];

const LARGE = hostileImages(3).map((one) => ({ ...one, image: { description: 'x'.repeat(1_000_000) } }));

const document = (
  code: FindingCode,
  name: string,
  hooks: Hooks,
  more: Partial<HostileCase> = {},
): HostileCase => ({
  title: name,
  code,
  gravity: 'refuse',
  hooks,
  arrive: [],
  ...more,
});

const manifest = (change: Json): Hooks => ({ manifest: (good) => ({ ...good, ...change }) });

export const DOCUMENT_CASES: readonly HostileCase[] = [
  document('limit-exceeded', 'a manifest of 2 MiB', manifest({ filler: 'x'.repeat(2 * MIB) })),
  document(
    'limit-exceeded',
    'a shard of 3 MB',
    { manifest: (good) => ({ ...good, records: [{ ...(good['records'] as Json[])[0], size: 1000 }] }) },
    { images: LARGE },
  ),
  document(
    'limit-exceeded',
    'a line of the index of 2 MiB',
    { index: (lines) => [...lines, 'x'.repeat(2 * MIB)] },
    { arrive: [0, 1, 2] },
  ),
  document(
    'limit-exceeded',
    'an end.json of 128 KiB',
    { end: (end) => ({ ...end, filler: 'x'.repeat(128 * 1024) }) },
    { arrive: [0, 1, 2] },
  ),
  document('manifest-invalid', 'a manifest that is no JSON', { manifest: () => 'not json' }),
  document('manifest-invalid', 'a manifest without totals', { manifest: ({ totals: _, ...rest }) => rest }),
  document('manifest-invalid', 'a manifest with __proto__', {
    manifest: (good) => JSON.stringify(good).replace('{', '{"__proto__":{"a":1},'),
  }),
  document('manifest-invalid', 'counts that do not add up', {
    manifest: (good) => ({ ...good, totals: { ...(good['totals'] as Json), records: 99 } }),
  }),
  document(
    'unsupported-version',
    'version 2',
    manifest({ format: { name: 'indabundle', version: 2, capabilities: [] } }),
  ),
  document(
    'missing-capability',
    'a capability that nobody has',
    manifest({ format: { name: 'indabundle', version: 1, capabilities: ['teleport'] } }),
  ),
];
