import { FRAME, payloadName } from '../../fixtures/hostile-bundle.ts';
import { skippableFrame } from '../../fixtures/raw-container.ts';
import { BELA, changed, type HostileCase, inserted, refuse } from './hostile-case.ts';
import { LIST_CASES } from './hostile-lists.ts';

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

export const CONTAINER_CASES: readonly HostileCase[] = [
  ...nameCases,
  ...typeCases,
  ...endCases,
  ...LIST_CASES,
];
