import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { siteUrl } from '../../fixtures/archive-builder.ts';
import { type ApplyOptions, applyBundle, exportBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** A receiver with tables of his own, or others than usual, took one image with all that can come with it. */
async function applied(statements: readonly string[], options: Partial<ApplyOptions> = {}) {
  const anna = new Archivist(folder(), 'anna', {
    images: [
      {
        siteImageId: 1,
        url: siteUrl(1),
        author: 'Szűcs Márta',
        tags: ['tó'],
        albums: [{ id: '7', title: 'Nyár' }],
      },
    ],
    authorDetails: [{ author: 'Szűcs Márta', bio: 'fotós' }],
  });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9, author: 'Tóth Gábor' }] });
  for (const sql of statements) bela.run(sql);
  anna.run(`INSERT INTO favorite_authors (author_name) VALUES ('Szűcs Márta')`);
  const input = join(folder(), 'trip.indabundle');
  await exportBundle({ db: anna.db, selection: { kind: 'all' }, output: input, includePersonal: true });
  const { operationId } = await applyBundle({ db: bela.db, input, backup: false, ...options });
  const plan = () => revert({ db: bela.db, operationId: operationId!, dryRun: true });
  const takeBack = () => revert({ db: bela.db, operationId: operationId!, backup: false });
  return { bela, plan, takeBack };
}

const TAG = `(SELECT id FROM tags WHERE name = 'tó')`;
const IMAGE = '(SELECT max(id) FROM images)';

describe('what somebody has filled in since stays', () => {
  test.each([
    ['author', `UPDATE author_details SET website = 'https://szucsmarta.hu' WHERE author = 'Szűcs Márta'`],
    ['tag', `UPDATE tags SET count = 12 WHERE name = 'tó'`],
    ['album', `UPDATE albums SET url = 'https://indafoto.hu/nyar' WHERE album_id = '7'`],
  ])('%s', async (what, change) => {
    const { bela, plan, takeBack } = await applied([]);
    bela.run(change);
    const planned = await plan();
    const { kept } = await takeBack();
    expect(kept).toEqual([expect.objectContaining({ what, reason: 'changed' })]);
    expect(planned.kept).toEqual(kept);
  });
});

const OWN_SCHEMA = `SELECT name, sql FROM sqlite_master WHERE tbl_name = 'own' ORDER BY name`;

describe('rows of tables of the user keep what they name', () => {
  test.each([
    ['a tag', 'id INTEGER PRIMARY KEY, tag INTEGER REFERENCES tags (id) ON DELETE CASCADE', `1, ${TAG}`],
    ['an author', 'who TEXT REFERENCES author_details (author) ON DELETE CASCADE', `'Szűcs Márta'`],
    ['an image, in capitals', 'photo INTEGER REFERENCES IMAGES ON DELETE CASCADE', IMAGE],
    [
      'an image, by its second key',
      'a INTEGER REFERENCES images, b INTEGER REFERENCES images',
      `1, ${IMAGE}`,
    ],
    ['an image, without a word', 'image_id INTEGER, stars INTEGER', `${IMAGE}, 5`],
    ['an image, its id as text', 'image_id TEXT, stars INTEGER', `CAST(${IMAGE} AS TEXT), 5`],
    ['an image, its id as anything', '"Image_ID", stars INTEGER', `${IMAGE}, 5`],
    [
      'an image by its address',
      'address TEXT REFERENCES images (page_url) ON DELETE CASCADE',
      '(SELECT page_url FROM images ORDER BY id DESC)',
    ],
  ])('%s', async (_what, columns, values) => {
    const unique = 'CREATE UNIQUE INDEX own_pages ON images (page_url)';
    const { bela, plan, takeBack } = await applied([unique, `CREATE TABLE own (${columns})`]);
    bela.run(`INSERT INTO own VALUES (${values})`);
    const [before, schema] = [bela.query('SELECT * FROM own'), bela.query(OWN_SCHEMA)];
    const planned = await plan();
    const { kept } = await takeBack();
    expect(kept).toContainEqual(expect.objectContaining({ reason: 'used' }));
    expect(planned.kept).toEqual(expect.arrayContaining([...kept]));
    expect(bela.query('SELECT * FROM own')).toEqual(before);
    expect(bela.query(OWN_SCHEMA)).toEqual(schema);
    expect(bela.query('PRAGMA foreign_key_check(own)')).toEqual([]);
  });

  test('also where these have no rowids', async () => {
    const columns = 'image INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE, stars INTEGER';
    const { bela, takeBack } = await applied([`CREATE TABLE own (${columns}) WITHOUT ROWID`]);
    bela.run(`INSERT INTO own VALUES (1, 4), (${IMAGE}, 5)`);
    expect((await takeBack()).kept).toContainEqual(
      expect.objectContaining({ what: 'image', reason: 'used' }),
    );
    expect(bela.query('SELECT stars FROM own')).toEqual([{ stars: 4 }, { stars: 5 }]);
  });
});

test('favourites and author details without rowids are taken back as others are', async () => {
  const { bela, takeBack } = await applied(
    [
      'DROP TABLE author_details',
      'CREATE TABLE author_details (author TEXT PRIMARY KEY, bio TEXT) WITHOUT ROWID',
      'DROP TABLE IF EXISTS favorite_authors',
      'CREATE TABLE favorite_authors (author_name TEXT PRIMARY KEY, added_date TEXT) WITHOUT ROWID',
    ],
    { includePersonal: true },
  );
  expect(bela.query('SELECT bio FROM author_details')).toEqual([{ bio: 'fotós' }]);
  expect(bela.query('SELECT author_name AS name FROM favorite_authors')).toEqual([{ name: 'Szűcs Márta' }]);
  const { kept, authorsRemoved, personalRemoved } = await takeBack();
  expect([kept, authorsRemoved, personalRemoved]).toEqual([[], 1, 1]);
  expect(
    bela.query('SELECT author FROM author_details UNION SELECT author_name FROM favorite_authors'),
  ).toEqual([]);
});
