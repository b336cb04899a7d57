import type { FindingCode, Gravity } from '../../src/base/findings.ts';
import {
  FRAME,
  type HostileImage,
  type Hooks,
  hostileImages,
  type Json,
  payloadName,
} from '../../fixtures/hostile-bundle.ts';
import { type RawEntry, skippableFrame } from '../../fixtures/raw-container.ts';

/** A bundle that somebody crafted, named after the finding that it must raise. */
export interface HostileCase {
  readonly title: string;
  readonly code: FindingCode;
  readonly gravity: Gravity;
  readonly hooks: Hooks;
  readonly images?: readonly HostileImage[];
  /** Which images arrive all the same: those before what is refused, or beside what is damaged. */
  readonly arrive: readonly number[];
  /** The line that the finding names. */
  readonly line?: number;
}

export const IMAGES = hostileImages(3);
export const [ANNA, BELA, CILI] = IMAGES.map(({ file }) => file) as [Buffer, Buffer, Buffer];

const refuse = (
  code: FindingCode,
  title: string,
  hooks: Hooks,
  arrive: readonly number[] = [],
): HostileCase => ({
  title,
  code,
  gravity: 'refuse',
  hooks,
  arrive,
});
const damage = (
  code: FindingCode,
  title: string,
  hooks: Hooks,
  arrive: readonly number[] = [],
): HostileCase => ({
  title,
  code,
  gravity: 'damage',
  hooks,
  arrive,
});

/** Puts frames of entries before the second photo. */
const inserted = (...entries: RawEntry[]): Hooks => ({
  entries: (frames) => [
    ...frames.slice(0, FRAME.firstFile + 1),
    entries,
    ...frames.slice(FRAME.firstFile + 1),
  ],
});

/** The second photo's entry, changed. */
const changed = (change: Partial<RawEntry>): Hooks => ({
  entries: (frames) => frames.with(FRAME.firstFile + 1, [{ ...frames[FRAME.firstFile + 1]![0]!, ...change }]),
});

const UNSAFE_NAMES: readonly (string | Buffer)[] = [
  '../escape.jpg',
  'files/../../escape.jpg',
  '/etc/escape.jpg',
  'files\\ab\\escape.jpg',
  'C:../escape.jpg',
  'C:\\escape.jpg',
  '//server/share/escape.jpg',
  '\\\\server\\share',
  'README.txt:stream',
  'CON',
  'files/nul.jpg',
  'COM1.txt',
  'escape.',
  'escape ',
  `./${payloadName(BELA)}`,
  'es\u0001cape',
  'es\u007fcape',
  'files//escape.jpg',
  Buffer.from('képek/escape.jpg'),
  Buffer.from([0xff, 0xfe]),
  '',
];

const STRANGE_NAMES = [
  'manifest.JSON',
  'Records/00001.jsonl',
  `FILES/${payloadName(BELA).slice(6)}`,
  payloadName(BELA).toUpperCase(),
  payloadName(BELA).replace('.jpg', '.exe'),
  payloadName(BELA).replace('.jpg', ''),
  'records/1.jsonl',
  'notes.txt',
  'x'.repeat(100),
];

const nameCases = [
  ...UNSAFE_NAMES.map((name) =>
    refuse(
      'entry-name-unsafe',
      `a name such as ${JSON.stringify(String(name))}`,
      inserted({ name, content: BELA }),
      [0],
    ),
  ),
  ...STRANGE_NAMES.map((name) =>
    refuse('entry-unexpected', `the name ${name.slice(0, 30)}`, inserted({ name, content: BELA }), [0]),
  ),
  refuse(
    'entry-type-forbidden',
    'bytes behind a NUL in the name',
    changed({ name: Buffer.from(`${payloadName(BELA)}\0x`) }),
    [0],
  ),
];

const typeCases = [
  ...['1', '2', '3', '4', '5', '6', '7', 'S', 'g', 'x', 'L', 'K', 'V', 'Z', '\0'].map((type) =>
    refuse('entry-type-forbidden', `type ${JSON.stringify(type)}`, changed({ type }), [0]),
  ),
  refuse(
    'entry-type-forbidden',
    'a link to /etc/passwd',
    changed({ type: '2', fields: [{ at: 157, bytes: '/etc/passwd' }] }),
    [0],
  ),
  refuse(
    'entry-type-forbidden',
    'a plain file that names a link',
    changed({ fields: [{ at: 157, bytes: '/etc/passwd' }] }),
    [0],
  ),
  refuse('entry-type-forbidden', 'a folder with a body', changed({ type: '5', name: 'files/' }), [0]),
  refuse(
    'entry-type-forbidden',
    'a pax header',
    inserted({ type: 'x', name: 'PaxHeader/a', content: Buffer.from('19 path=/etc/passwd\n') }),
    [0],
  ),
  refuse(
    'entry-type-forbidden',
    'a GNU long name',
    inserted({ type: 'L', name: '././@LongLink', content: Buffer.from('../escape\0') }),
    [0],
  ),
  ...['4junk\0', ' 100\0', '-1\0', '\u0080\0\0\0\0\0\0\0\0\0\u0001\0', '00000000999\0', '777777777777'].map(
    (size) => refuse('entry-type-forbidden', `the size ${JSON.stringify(size)}`, changed({ size }), [0]),
  ),
  refuse('entry-type-forbidden', 'mode 4755', changed({ fields: [{ at: 100, bytes: '0004755' }] }), [0]),
  refuse(
    'entry-type-forbidden',
    'a prefix before the name',
    changed({ fields: [{ at: 345, bytes: '../..' }] }),
    [0],
  ),
];

const endCases = [
  refuse(
    'trailing-data',
    'an entry behind the end blocks',
    { tars: (tars) => [...tars.slice(0, -1), Buffer.concat([tars.at(-1)!, tars[FRAME.firstFile]!])] },
    [0, 1, 2],
  ),
  refuse(
    'trailing-data',
    'a frame behind the end blocks',
    { frames: (frames) => [...frames, frames[FRAME.firstFile]!] },
    [0, 1, 2],
  ),
  refuse(
    'trailing-data',
    'two bundles joined',
    { bytes: (bundle) => Buffer.concat([bundle, bundle]) },
    [0, 1, 2],
  ),
  refuse(
    'trailing-data',
    'bytes behind the seek table',
    { bytes: (bundle) => Buffer.concat([bundle, Buffer.from('more')]) },
    [0, 1, 2],
  ),
  refuse(
    'trailing-data',
    'a skippable frame behind the end',
    { frames: (frames) => [...frames, { bytes: skippableFrame(Buffer.from('x')), content: 0 }] },
    [0, 1, 2],
  ),
  refuse(
    'entry-unexpected',
    'a skippable frame between photos',
    {
      frames: (frames) =>
        frames.toSpliced(FRAME.firstFile + 1, 0, { bytes: skippableFrame(Buffer.alloc(9)), content: 0 }),
    },
    [0],
  ),
  refuse('entry-unexpected', 'a skippable frame in front', {
    bytes: (bundle) => Buffer.concat([skippableFrame(Buffer.alloc(9)), bundle]),
  }),
];

const doubled = (name: 'manifest' | 'readme' | 'records'): Hooks => ({
  entries: (frames) => frames.toSpliced(FRAME[name] + 1, 0, frames[FRAME[name]]!),
});

const listCases = [
  refuse('entry-duplicate', 'a photo twice', inserted({ name: payloadName(ANNA), content: ANNA }), [0]),
  refuse(
    'entry-duplicate',
    'a photo twice, under another extension',
    inserted({ name: payloadName(ANNA).replace('.jpg', '.png'), content: ANNA }),
    [0],
  ),
  refuse('entry-duplicate', 'the manifest twice', doubled('manifest')),
  refuse('entry-duplicate', 'the README twice', doubled('readme')),
  refuse('entry-duplicate', 'a shard twice', doubled('records')),
  refuse('entry-unexpected', 'a shard that the manifest does not list', {
    entries: (frames) =>
      frames.toSpliced(FRAME.records + 1, 0, [
        { ...frames[FRAME.records]![0]!, name: 'records/00002.jsonl' },
      ]),
  }),
  refuse('entry-unexpected', 'a shard behind the photos', {
    entries: (frames) => [
      ...frames.slice(0, FRAME.records),
      ...frames.slice(FRAME.firstFile, FRAME.firstFile + 1),
      frames[FRAME.records]!,
      ...frames.slice(FRAME.firstFile + 1),
    ],
  }),
  damage(
    'entry-unexpected',
    'a photo that no record names',
    inserted({
      name: payloadName(hostileImages(1, 'stranger')[0]!.file),
      content: hostileImages(1, 'stranger')[0]!.file,
    }),
    [0, 1, 2],
  ),
  damage(
    'file-missing',
    'a photo that does not come',
    { entries: (frames) => frames.toSpliced(FRAME.firstFile + 1, 1) },
    [0, 2],
  ),
  damage('file-missing', 'a shard that does not come', {
    entries: (frames) => frames.toSpliced(FRAME.records, 1),
  }),
  damage(
    'index-wrong',
    "two photos in each other's place",
    {
      entries: (frames) =>
        frames
          .with(FRAME.firstFile, frames[FRAME.firstFile + 1]!)
          .with(FRAME.firstFile + 1, frames[FRAME.firstFile]!),
    },
    [0, 1, 2],
  ),
  damage(
    'file-digest-mismatch',
    'other bytes under a digest',
    changed({ content: Buffer.from(BELA).fill(7, 300, 310) }),
    [0, 2],
  ),
  damage(
    'file-size-mismatch',
    'fewer bytes than the record says',
    changed({ content: BELA.subarray(0, -1) }),
    [0, 2],
  ),
  damage('shard-digest-mismatch', 'another shard than the manifest says', {
    manifest: (manifest) => ({
      ...manifest,
      records: [{ ...(manifest['records'] as Json[])[0], digest: '0'.repeat(64) }],
    }),
  }),
  damage(
    'manifest-invalid',
    'totals that are not true',
    { manifest: (manifest) => ({ ...manifest, totals: { ...(manifest['totals'] as Json), files: 4 } }) },
    [0, 1, 2],
  ),
  damage('index-wrong', 'an index that leaves a photo out', { index: (lines) => lines.slice(1) }, [0, 1, 2]),
  damage(
    'index-wrong',
    'an index with another offset',
    { index: (lines) => lines.with(0, { ...lines[0], offset: 512 }) },
    [0, 1, 2],
  ),
  damage(
    'index-wrong',
    'an index that omits what is there',
    { index: (lines) => lines.with(0, { omitted: 'missing', digest: lines[0]!['digest'] }) },
    [0, 1, 2],
  ),
  damage(
    'index-wrong',
    'an index line that is no JSON',
    { index: (lines) => [...lines, 'no json'] },
    [0, 1, 2],
  ),
  damage('index-wrong', 'SHA256SUMS of other files', { sums: (text) => text.replace(/^./, '0') }, [0, 1, 2]),
  damage(
    'index-wrong',
    'an end.json of another bundle',
    { end: (end) => ({ ...end, manifest: '0'.repeat(64) }) },
    [0, 1, 2],
  ),
  damage(
    'seek-table-wrong',
    'a seek table of other frames',
    {
      table: (table) => {
        const lie = Buffer.from(table);
        lie.writeUInt32LE(7, 8);
        return lie;
      },
    },
    [0, 1, 2],
  ),
  refuse(
    'seek-table-wrong',
    'a seek table that would be huge',
    {
      table: (table) => {
        const lie = Buffer.from(table);
        lie.writeUInt32LE(0x7fffffff, 4);
        return lie;
      },
    },
    [0, 1, 2],
  ),
];

export const CONTAINER_CASES: readonly HostileCase[] = [
  ...nameCases,
  ...typeCases,
  ...endCases,
  ...listCases,
];
