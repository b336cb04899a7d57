import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec } from '../../fixtures/archive-builder.ts';
import { type Filters, inspectBundle, verifyBundle } from '../../src/index.ts';
import { titlesIn } from '../support/bundle-contents.ts';
import { exportAll } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const [COMPOSED, DECOMPOSED] = ['NFC', 'NFD'].map((form) => 'Őry Ákos'.normalize(form)) as [string, string];
const LAKE = { id: '104777', title: 'Tó' };
const WOOD = { id: '104778', title: 'Erdő'.normalize('NFD') };

const IMAGES: readonly ImageSpec[] = [
  {
    title: 'a',
    author: COMPOSED,
    tags: ['tó'],
    albums: [LAKE],
    license: 'CC BY 2.5 HU',
    taken: '2011-07-02 19:42',
  },
  {
    title: 'b',
    author: DECOMPOSED,
    tags: ['Tó'],
    collections: [LAKE],
    license: 'Unknown',
    taken: '2012-01-31',
  },
  {
    title: 'c',
    author: 'Anna',
    tags: ['erdő'],
    albums: [WOOD],
    license: 'Unknown',
    taken: null,
    upload: '2011-07-02',
  },
  { title: 'd', author: 'anna', tags: ['erdő', 'tó'], license: null, taken: '', upload: '2013-05-05' },
  { title: 'e', author: null, collections: [WOOD], license: 'CC BY 2.5 HU', taken: null, upload: null },
];

async function exported(filters: Filters): Promise<string> {
  const archive = buildArchive(folder('sender'), { schema: 'today', images: IMAGES });
  const output = join(folder(), 'trip.indabundle');
  const { records } = await exportAll(archive, output, { selection: { kind: 'filters', filters } });
  const titles = await titlesIn(output);
  expect(records).toBe(titles.length);
  return titles.join('');
}

describe('a filter of very many values', () => {
  const many = Array.from({ length: 40_000 }, (_, at) => `címke ${at}`);

  test.each<[string, Filters, string]>([
    ['tags', { tag: [...many, 'Tó'] }, 'b'],
    ['albums and authors', { album: [...many, '104777'], author: [...many, COMPOSED] }, 'a'],
  ])('finds what fits any of them, and the bundle is whole: %s', async (_, filters, expected) => {
    expect(await exported(filters)).toBe(expected);
    expect((await verifyBundle({ input: join(folder(), 'trip.indabundle') })).verdict).toBe('whole');
  });
});

describe('a filter alone', () => {
  test.each<[string, Filters, string]>([
    ['author, composed', { author: [COMPOSED] }, 'ab'],
    ['author, decomposed', { author: [DECOMPOSED] }, 'ab'],
    ['authors, any of them', { author: ['Anna', COMPOSED] }, 'abc'],
    ['author, case counts', { author: ['anna'] }, 'd'],
    ['author, all of the name', { author: ['Ann'] }, ''],
    ['tag, case counts', { tag: ['tó'] }, 'ad'],
    ['tags, any of them', { tag: ['Tó', 'erdő'.normalize('NFD')] }, 'bcd'],
    ['album by id', { album: ['104777'] }, 'a'],
    ['album by title, in another form', { album: ['Erdő'.normalize('NFC')] }, 'c'],
    ['collection by id', { collection: ['104777'] }, 'b'],
    ['collection by title', { collection: ['Erdő'] }, 'e'],
    ['licence', { license: ['Unknown'] }, 'bc'],
    ['since a day', { since: '2011-07-02' }, 'abcd'],
    ['since the day after', { since: '2011-07-03' }, 'bd'],
    ['since a year', { since: '2012' }, 'bd'],
    ['until a day', { until: '2011-07-02' }, 'ac'],
    ['until a month', { until: '2012-01' }, 'abc'],
    ['until a year', { until: '2010' }, ''],
    ['nothing', {}, 'abcde'],
    ['empty lists', { author: [], tag: [] }, 'abcde'],
    ['quotes', { author: [`' OR 1=1 --`], tag: [`"; DROP TABLE images`] }, ''],
  ])('%s', async (_, filters, expected) => {
    expect(await exported(filters)).toBe(expected);
  });
});

describe('filters together', () => {
  test.each<[string, Filters, string]>([
    ['tag and author', { tag: ['tó', 'erdő'], author: ['Anna'] }, 'c'],
    ['tag and licence', { tag: ['tó'], license: ['CC BY 2.5 HU'] }, 'a'],
    ['album and collection', { album: ['104777'], collection: ['104777'] }, ''],
    ['both ends of time', { since: '2011-07', until: '2012' }, 'abc'],
    [
      'all of them',
      {
        author: [COMPOSED],
        tag: ['tó'],
        album: ['Tó'],
        license: ['CC BY 2.5 HU'],
        since: '2011',
        until: '2011-12',
      },
      'a',
    ],
  ])('%s', async (_, filters, expected) => {
    expect(await exported(filters)).toBe(expected);
  });
});

test('the bundle says in words and as data what was asked for', async () => {
  await exported({ author: ['Anna'], since: '2011' });
  const { manifest } = await inspectBundle({ input: join(folder(), 'trip.indabundle') });
  expect(manifest.selection.words).toContain('"Anna"');
  expect(manifest.selection.data).toMatchObject({
    kind: 'filters',
    filters: { author: ['Anna'], since: '2011' },
  });
});

test.each(['oldest', 'first', 'no-optional'] as const)(
  'asking a layout without the tables or columns finds nothing there: %s',
  async (schema) => {
    const archive = buildArchive(folder('sender'), { schema, images: IMAGES });
    const filters: Filters = schema === 'oldest' ? { collection: ['nincs'] } : { tag: ['tó'] };
    const output = join(folder(), 'trip.indabundle');
    const { records } = await exportAll(archive, output, { selection: { kind: 'filters', filters } });
    expect(records).toBe(0);
    expect(await titlesIn(output)).toEqual([]);
  },
);
