import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { diff, type Event, exportBundle } from '../../src/index.ts';
import { changeDatabase, rowsOf } from '../support/database-dump.ts';
import { exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const images: ImageSpec[] = [
  { author: 'Anna', siteImageId: 1, tags: ['tó'] },
  { author: 'Béla', siteImageId: 2, tags: ['hegy'] },
];
const both = () => exchange(folder(), { images }, { images });

describe('rows that no crawler writes', () => {
  test.each([0, -1, -1_000_000])('with ids from %i on are found, here and there', async (last) => {
    const trip = both();
    for (const dir of [trip.sender.dir, trip.receiver.dir]) {
      changeDatabase(
        dir,
        `UPDATE images SET id = ${last} - id`,
        `UPDATE image_tags SET image_id = ${last} - image_id`,
      );
    }
    expect(outcomesOf(await trip.carry())).toEqual({ present: 2 });
    const [a, b] = [trip.sender.databasePath, trip.receiver.databasePath];
    expect(await diff({ a, b })).toMatchObject({ a: { images: 2 }, b: { images: 2 }, same: 2 });
    changeDatabase(trip.receiver.dir, 'DELETE FROM image_tags', 'DELETE FROM images');
    const selection = { kind: 'for', database: b } as const;
    expect(await exportBundle({ db: a, selection, dryRun: true })).toMatchObject({ records: 2 });
  });

  test.each(['url', 'page_url', 'local_path', 'sha256_hash'])(
    'with bytes as %s are read as if they were text',
    async (column) => {
      const trip = both();
      for (const dir of [trip.sender.dir, trip.receiver.dir])
        changeDatabase(dir, `UPDATE images SET ${column} = CAST(${column} AS BLOB)`);
      expect(outcomesOf(await trip.carry())).toEqual({ present: 2 });
      const [a, b] = [trip.sender.databasePath, trip.receiver.databasePath];
      expect(await diff({ a, b })).toMatchObject({ a: { photos: 2 }, b: { photos: 2 }, same: 2 });
    },
  );

  test('with bytes that are no text do not stop the others', async () => {
    const trip = both();
    changeDatabase(
      trip.receiver.dir,
      `UPDATE images SET url = x'ff00', page_url = x'00', local_path = x'ff' WHERE id = 1`,
    );
    changeDatabase(trip.sender.dir, `UPDATE images SET local_path = x'ff' WHERE id = 2`);
    expect(await trip.export()).toMatchObject({ records: 1, omittedByReason: { missing: 1 } });
    expect(outcomesOf(await trip.apply())).toEqual({ added: 1 });
  });

  test.each(['9223372036854775807, 1', '1, 9007199254740993', `'x', 'y'`])(
    'that link %s to nothing do not stop an apply',
    async (orphan) => {
      const trip = exchange(folder(), { images }, { images: [] });
      changeDatabase(
        trip.receiver.dir,
        `INSERT INTO image_tags VALUES (${orphan})`,
        'INSERT INTO image_tags VALUES (7, 8)',
      );
      expect(outcomesOf(await trip.carry())).toEqual({ added: 2 });
      expect(rowsOf(trip.receiver.dir, 'SELECT id FROM images ORDER BY id')).toEqual([{ id: 8 }, { id: 9 }]);
      expect(rowsOf(trip.receiver.dir, 'SELECT id FROM tags ORDER BY id')).toEqual([{ id: 9 }, { id: 10 }]);
    },
  );
});

describe('tables that were copied without their keys', () => {
  const withoutKey = (dir: string, table: string) =>
    changeDatabase(
      dir,
      `CREATE TABLE copied AS SELECT * FROM ${table}`,
      `DROP TABLE ${table}`,
      `ALTER TABLE copied RENAME TO ${table}`,
    );

  test.each(['images', 'tags'])('%s: nothing is applied to them, and why is said', async (table) => {
    const trip = exchange(folder(), { images }, { images: images.slice(1) });
    withoutKey(trip.receiver.dir, table);
    await trip.export();
    await expect(trip.apply()).rejects.toMatchObject({ code: 'db-no-keys', exitStatus: 5 });
    expect(rowsOf(trip.receiver.dir, 'SELECT count(*) AS images FROM images')).toEqual([{ images: 1 }]);
  });

  test.each(['images', 'tags'])('%s: a dry run of an apply says so, too', async (table) => {
    const trip = exchange(folder(), { images }, { images: images.slice(1) });
    withoutKey(trip.receiver.dir, table);
    await trip.export();
    await expect(trip.apply({ dryRun: true })).rejects.toMatchObject({ code: 'db-no-keys', exitStatus: 5 });
  });

  test('are exported all the same, without a note of it', async () => {
    const trip = exchange(folder(), { images }, { images: [] });
    withoutKey(trip.sender.dir, 'images');
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    expect(await trip.export({ observer })).toMatchObject({ records: 2 });
    expect(notices).toEqual(expect.arrayContaining(['keys-made', 'archive-without-keys']));
    expect(outcomesOf(await trip.apply())).toEqual({ added: 2 });
  });
});

const LINKED_TABLES = ['images', 'tags', 'albums', 'collections', 'image_tags', 'image_albums'];

describe('tables whose ids have become texts, as an import from a spreadsheet leaves them', () => {
  const asTexts = (dir: string, table: string) => {
    const columns = rowsOf(dir, `SELECT name FROM pragma_table_info('${table}')`).map(({ name }) =>
      String(name),
    );
    changeDatabase(
      dir,
      `CREATE TABLE copied (${columns.map((name) => `${name} TEXT`).join()})`,
      `INSERT INTO copied SELECT * FROM ${table}`,
      `DROP TABLE ${table}`,
      `ALTER TABLE copied RENAME TO ${table}`,
    );
  };
  const links = (dir: string) =>
    ['tags', 'albums', 'collections'].flatMap((kind) =>
      rowsOf(
        dir,
        `SELECT images.url, target.${kind === 'tags' ? 'name' : 'title'} AS linked FROM images JOIN image_${kind} link ON image_id = images.id
         JOIN ${kind} target ON target.id = link.${kind.slice(0, -1)}_id ORDER BY images.url, linked`,
      ),
    );
  const linked = Array.from({ length: 12 }, (_, at) => ({
    siteImageId: at + 1,
    tags: ['nyár', `címke ${at}`],
    albums: [{ id: `a${at}`, title: `Album ${at}` }],
    collections: [{ id: 'g1', title: 'Gyűjtemény' }],
  }));

  test.each([...LINKED_TABLES.map((table) => [table]), LINKED_TABLES])(
    '%s: every picture and every link travels',
    async (...tables) => {
      const trip = exchange(folder(), { images: linked }, { images: [] });
      const before = links(trip.sender.dir);
      for (const table of tables) asTexts(trip.sender.dir, table);
      expect(await trip.export()).toMatchObject({ records: 12 });
      await trip.apply();
      expect(before.length).toBe(48);
      expect(links(trip.receiver.dir)).toEqual(before);
    },
  );

  test("rows without an id travel, and take nobody's links", async () => {
    const trip = exchange(folder(), { images: linked }, { images: [] });
    asTexts(trip.sender.dir, 'images');
    changeDatabase(
      trip.sender.dir,
      "UPDATE images SET id = NULL WHERE id IN ('11', '12')",
      "INSERT INTO image_tags SELECT '13', id FROM tags LIMIT 1",
    );
    expect(await trip.export()).toMatchObject({ records: 12 });
    await trip.apply();
    const count = 'SELECT count(DISTINCT image_id) AS linked FROM image_tags';
    expect(rowsOf(trip.receiver.dir, count)).toEqual([{ linked: 10 }]);
  });

  test.each([
    ["UPDATE images SET id = '2' WHERE id = '1'", 'db-id-twice', '2'],
    ["UPDATE images SET id = '2.5' WHERE id = '1'", 'db-id-unusable', '2.5'],
    ["UPDATE images SET id = 'first' WHERE id = '1'", 'db-id-unusable', 'first'],
    ["UPDATE images SET id = '9007199254740993' WHERE id = '1'", 'db-id-unusable', '9007199254740993'],
  ])('%s: nothing is exported, and why is said', async (change, code, found) => {
    const trip = exchange(folder(), { images: linked }, { images: [] });
    asTexts(trip.sender.dir, 'images');
    changeDatabase(trip.sender.dir, change);
    await expect(trip.export()).rejects.toMatchObject({
      code,
      exitStatus: 5,
      params: { table: 'images', found },
    });
  });
});

test('a counter that has run away stops an apply, which says what to do; done, the apply goes on', async () => {
  const trip = exchange(folder(), { images }, { images: images.slice(1) });
  changeDatabase(
    trip.receiver.dir,
    "UPDATE sqlite_sequence SET seq = 9007199254740990 WHERE name = 'images'",
  );
  await trip.export();
  await expect(trip.apply()).rejects.toMatchObject({ code: 'db-counter-unusable', exitStatus: 5 });
  await expect(trip.apply({ dryRun: true })).rejects.toMatchObject({ code: 'db-counter-unusable' });
  changeDatabase(trip.receiver.dir, 'UPDATE sqlite_sequence SET seq = 0');
  expect(outcomesOf(await trip.apply())).toEqual({ added: 1, present: 1 });
});
