import type { AuthorRecord, End, ImageRecord, IndexLine, Manifest, Tally } from '../../src/manifest/types.ts';

export const DIGEST = 'ab'.repeat(32);

/** A value whose every part may be changed or removed. */
type Loose<T> = T extends string | number | boolean
  ? unknown
  : T extends readonly (infer U)[]
    ? Loose<U>[]
    : { -readonly [K in keyof T]?: Loose<T[K]> } & { [key: string]: unknown };

const none: Tally = { count: 0, top: [] };

export const manifest = {
  format: { name: 'indabundle', version: 1, capabilities: [] },
  created: '2025-03-15T08:30:00Z',
  generator: { name: 'indabundle', version: '0.1.0' },
  source: { label: 'Nagyi gépe' },
  export_id: 'trip-2025.1_a',
  list_id: '0123456789abcdef',
  selection: { words: 'everything', data: { kind: 'all' } },
  volume: { number: 1, count: 1, export_id: 'trip-2025.1_a' },
  totals: { records: 1002, files: 1000, payload_bytes: 123456789 },
  summary: {
    authors: { count: 2, top: [{ name: 'Kovács Őrs', images: 3 }] },
    albums: none,
    collections: none,
    tags: none,
    licenses: none,
    dates: { from: '1968-05-01', to: '2025-03-15' },
  },
  records: [
    { path: 'records/00001.jsonl', digest: DIGEST, size: 900_000, count: 1000 },
    { path: 'records/00002.jsonl', digest: DIGEST, size: 1000, count: 2 },
  ],
  authors: [{ path: 'authors/00001.jsonl', digest: DIGEST, size: 100, count: 2 }],
  readme: { digest: DIGEST, size: 1234 },
} satisfies Manifest;

export const record = {
  file: { digest: DIGEST, size: 1234, name: 'image_1_20250315_083000_000001.jpg', mtime: 1742027400 },
  image: {
    uuid: 'indafoto_12',
    url: 'https://img7.indafoto.hu/5/7/24927_ab/1581205_cd_l.jpg',
    title: 'Őszi "erdő"\r\n<b>Bükk</b> 🍂',
    description: '',
    author: '../..',
    author_url: 'http://indafoto.hu/kovacs',
    license: 'CC BY-SA 2.5 HU',
    taken_date: '2009-10-11 12:13',
    page_url: 'https://indafoto.hu/kovacs/image/27344784-e761530c',
  },
  tags: [{ name: 'ősz', count: 12 }, { name: 'Ősz' }],
  albums: [{ album_id: '31', title: 'Bükk', url: 'https://indafoto.hu/kovacs/31', is_public: 1 }],
  collections: [{ collection_id: '31' }],
  notes: [{ note: 'szép', created_date: '2025-03-01' }],
  marked: { marked_date: '2025-03-02' },
} satisfies ImageRecord;

export const author = {
  author: 'Kovács Őrs',
  details: { bio: 'x', image_count: 12, tag_cloud: '{}' },
  favorite: true,
} satisfies AuthorRecord;

export const packed = {
  path: `files/ab/${DIGEST}.jpg`,
  digest: DIGEST,
  size: 1234,
  offset: 51200,
} satisfies IndexLine;
export const omitted = {
  omitted: 'missing',
  digest: DIGEST,
  url: 'https://indafoto.hu/x',
} satisfies IndexLine;

export const end = {
  manifest: DIGEST,
  index: { digest: DIGEST, size: 100, offset: 102400 },
  sums: { digest: DIGEST, size: 200, offset: 103424 },
  files: 999,
  omitted: { missing: 1, 'too-large': 2 },
} satisfies End;

/** The bytes of a document after a change to a copy of it. */
export function changed<T>(document: T, change: (copy: Loose<T>) => unknown = () => {}): Buffer {
  const copy = structuredClone(document) as Loose<T>;
  change(copy);
  return Buffer.from(JSON.stringify(copy));
}
