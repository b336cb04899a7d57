import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { SAME_ID_ALBUM, SAME_ID_COLLECTION, TAG_NFC, TAG_NFD } from '../../fixtures/hard-values.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { changeDatabase, databaseDump, rowsOf } from '../support/database-dump.ts';
import { exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const SITE_ID = 1_581_205;
const BARE: ImageSpec = {
  siteImageId: SITE_ID,
  author: 'Anna',
  title: null,
  description: null,
  license: '',
  cameraMake: 'Helyi',
  taken: null,
};
const RICH: ImageSpec = {
  ...BARE,
  uuid: 'indafoto_1581205',
  title: 'Cím',
  description: 'Leírás\r\nkét sorban',
  license: 'CC BY 2.5 HU',
  cameraMake: 'Távoli',
  taken: '2011-07-02',
  tags: [TAG_NFC, TAG_NFD, 'Tó', 'tó'],
  albums: [SAME_ID_ALBUM],
  collections: [SAME_ID_COLLECTION],
};

const states: [string, ImageSpec, string][] = [
  ['present', {}, 'present'],
  ['restored', { file: null }, 'restored'],
  ['in conflict', { file: uniqueJpeg('other', 3_000) }, 'conflict'],
];

describe('the metadata of an image that is here', () => {
  test.each(states)('is filled in where it is NULL: %s', async (_, more, outcome) => {
    const images = [{ ...BARE, ...more, tags: ['tó', 'enyém'] }];
    const trip = exchange(folder(), { images: [RICH] }, { images });
    const result = await trip.carry();
    expect(outcomesOf(result)).toEqual({ [outcome]: 1 });
    const after = trip.after();
    expect(after.images.get(1)).toMatchObject({
      uuid: 'indafoto_1581205',
      title: 'Cím',
      description: 'Leírás\r\nkét sorban',
      license: '',
      camera_make: 'Helyi',
      taken_date: '2011-07-02',
    });
    const tags = after.links.filter(({ kind }) => kind === 'tag').map(({ key }) => key);
    expect(new Set(tags)).toEqual(new Set(['tó', 'Tó', 'enyém', TAG_NFC, TAG_NFD]));
    expect(after.links.filter(({ key }) => key === '104777').map(({ kind }) => kind)).toEqual([
      'album',
      'collection',
    ]);
    expect(after.albums.get('104777')?.['title']).toBe('Balaton, album');
    expect(after.collections.get('104777')?.['title']).toBe('Balaton, gyűjtemény');
    expect(result).toMatchObject({ columnsFilled: 4, linksAdded: 5 });
    expect(trip.violations()).toEqual([]);
  });

  test.each(states)('is left alone on request: %s', async (_, more) => {
    const trip = exchange(folder(), { images: [RICH] }, { images: [{ ...BARE, ...more }] });
    const result = await trip.carry({ metadata: 'keep' });
    expect(result).toMatchObject({ columnsFilled: 0, linksAdded: 0 });
    expect(trip.violations({ keepMetadata: true })).toEqual([]);
  });

  test('of several rows, only that of the matching one', async () => {
    const trip = exchange(folder(), { images: [RICH] }, { images: [BARE, BARE] });
    await trip.carry();
    expect([...trip.after().images.values()].map((row) => row['title'])).toEqual(['Cím', null]);
  });

  test('never takes a uuid that another row has', async () => {
    const images = [RICH, { ...RICH, siteImageId: 2, uuid: 'foglalt' }];
    const receiver = [BARE, { uuid: 'indafoto_1581205' }, { uuid: 'foglalt' }];
    const trip = exchange(folder(), { images }, { images: receiver });
    expect(outcomesOf(await trip.carry())).toEqual({ present: 1, added: 1 });
    const uuids = [...trip.after().images.values()].map((row) => row['uuid']);
    expect(uuids).toEqual([null, 'indafoto_1581205', 'foglalt', null]);
    expect(trip.violations()).toEqual([]);
  });
});

describe('tags, albums and collections', () => {
  test('keep what the receiver says of them, and bring what it does not know', async () => {
    const group = { id: '1', title: 'Itt', url: null, isPublic: false };
    const here = { tags: [{ name: 'tó', count: 7 }], albums: [group], collections: [group] };
    const other = { id: '1', title: 'Ott', url: 'https://indafoto.hu/x/album/1', isPublic: true };
    const there = {
      tags: [
        { name: 'tó', count: 99 },
        { name: 'új', count: 5 },
      ],
      albums: [other],
      collections: [other],
    };
    const trip = exchange(folder(), { images: [there] }, { images: [{ ...here, siteImageId: 7 }] });
    await trip.carry();
    const after = trip.after();
    expect([after.tags.get('tó')?.['count'], after.tags.get('új')?.['count']]).toEqual([7, 5]);
    expect(after.albums.get('1')).toMatchObject({ title: 'Itt', url: null, is_public: 0 });
    expect(after.links.filter(({ imageId }) => imageId === 2)).toHaveLength(4);
    expect(trip.violations()).toEqual([]);
  });

  test('whole numbers stay whole numbers', async () => {
    const images = [{ tags: [{ name: 'új', count: 5 }], albums: [{ id: '1', isPublic: true }] }];
    const trip = exchange(folder(), { images }, { images: [] });
    await trip.carry();
    const types = rowsOf(
      trip.receiver.dir,
      'SELECT typeof(count) AS type FROM tags UNION ALL SELECT typeof(is_public) FROM albums',
    );
    expect(types).toEqual([{ type: 'integer' }, { type: 'integer' }]);
  });

  test('new images and tags never inherit orphaned links, notes or marks', async () => {
    const images = [{}, { tags: ['új'], albums: [{ id: '9' }], collections: [{ id: '9' }] }];
    const receiver = {
      images: [{ siteImageId: 7, tags: ['egy'] }],
      orphans: {
        tags: [
          [1, 2],
          [2, 1],
        ],
        albums: [[1, 1]],
        collections: [[1, 1]],
      },
      notes: [{ imageId: 3, note: 'árva' }],
      marked: [4],
    } as const;
    const trip = exchange(folder(), { images }, receiver);
    await trip.carry();
    expect(trip.violations()).toEqual([]);
    const personal = rowsOf(
      trip.receiver.dir,
      `SELECT images.id FROM images WHERE id IN (SELECT image_id FROM image_notes)
       OR id IN (SELECT image_id FROM marked_images)`,
    );
    expect(personal).toEqual([]);
    expect(trip.after().links.filter(({ imageId }) => imageId === 1)).toHaveLength(1);
  });

  test('nor the id of an image that was deleted, though the largest orphan lies below it', async () => {
    const orphans = { tags: [[50, 1]] } as const;
    const trip = exchange(
      folder(),
      { images: [{ tags: ['új'] }] },
      { images: [{ siteImageId: 7 }], orphans },
    );
    changeDatabase(trip.receiver.dir, `UPDATE sqlite_sequence SET seq = 100 WHERE name = 'images'`);
    await trip.carry();
    expect(rowsOf(trip.receiver.dir, 'SELECT max(id) AS id FROM images')).toEqual([{ id: 101 }]);
  });

  test('orphans far above all ids, too', async () => {
    const orphans = {
      tags: [
        [900_001, 1],
        [1, 900_002],
      ],
    } as const;
    const trip = exchange(
      folder(),
      { images: [{ tags: ['új'] }] },
      { images: [{ siteImageId: 7 }], orphans },
    );
    await trip.carry();
    expect(trip.violations()).toEqual([]);
    expect(trip.after().images.has(900_001)).toBe(false);
  });
});

describe('details of authors', () => {
  const details = {
    author: 'Anna',
    bio: 'Fényképez.',
    imageCount: 12,
    tagCloud: '[{"name":"tó","count":3}]',
  };
  const sender = { images: [{ author: 'Anna' }, { author: 'Béla' }], authorDetails: [details] };

  test('come along where there is no row yet', async () => {
    const trip = exchange(folder(), sender, { images: [] });
    expect((await trip.carry()).authorsAdded).toBe(1);
    const [row] = trip.after().others.get('author_details') ?? [];
    expect(row).toMatchObject({
      author: 'Anna',
      bio: 'Fényképez.',
      image_count: 12,
      tag_cloud: details.tagCloud,
    });
  });

  test('never replace a row that is there', async () => {
    const authorDetails = [{ author: 'Anna', bio: 'Saját.' }];
    const trip = exchange(folder(), sender, { images: [], authorDetails });
    expect((await trip.carry()).authorsAdded).toBe(0);
    expect(trip.violations()).toEqual([]);
    expect(trip.after().others.get('author_details')).toHaveLength(1);
  });

  test('stay away where the table is missing, and with banned authors', async () => {
    const without = exchange(folder('one'), sender, { schema: 'no-author-details', images: [] });
    expect((await without.carry()).authorsAdded).toBe(0);
    const banned = exchange(folder('two'), sender, { images: [], bannedAuthors: ['Anna'] });
    expect((await banned.carry()).authorsAdded).toBe(0);
    expect(banned.violations()).toEqual([]);
  });

  test('bring no address that a browser would run', async () => {
    const website = 'javascript:alert(1)';
    const images = [{ author: 'Anna' }, { author: 'Béla' }];
    const authorDetails = [
      { ...details, website },
      { author: 'Béla', website: 'https://bela.example.hu' },
    ];
    const trip = exchange(folder(), { images, authorDetails }, { images: [] });
    await trip.carry();
    const rows = trip
      .after()
      .others.get('author_details')
      ?.map((row) => row['website']);
    expect(rows).toEqual([null, 'https://bela.example.hu']);
  });
});

describe('an address that is UNIQUE here', () => {
  test.each(['', 'https://example.org/egy.jpg'])(
    'and comes twice costs nobody a picture: "%s"',
    async (url) => {
      const images = [{ url, siteImageId: 1 }, { url, siteImageId: 2 }, { siteImageId: 3 }];
      const trip = exchange(folder(), { images }, { schema: 'upgraded', images: [] });
      expect(outcomesOf(await trip.carry())).toEqual({ added: 3 });
      expect(new Set([...trip.after().images.values()].map((row) => row['url'])).size).toBe(3);
      const dump = databaseDump(trip.receiver.dir);
      await trip.apply();
      expect(databaseDump(trip.receiver.dir)).toEqual(dump);
    },
  );
});

test('columns that only one side has stay out of it', async () => {
  const trip = exchange(folder(), { images: [RICH] }, { images: [BARE] });
  changeDatabase(
    trip.sender.dir,
    'ALTER TABLE images ADD COLUMN rating INTEGER',
    'UPDATE images SET rating = 5',
  );
  changeDatabase(trip.receiver.dir, 'ALTER TABLE images ADD COLUMN stars INTEGER');
  const notices: string[] = [];
  await trip.export({
    observer: (event) =>
      event.type === 'notice' && notices.push(`${event.notice} ${event.params['columns']}`),
  });
  expect(notices).toContain('columns-left-behind rating');
  await trip.apply();
  expect(trip.after().images.get(1)?.['stars']).toBeNull();
});
