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

  test('are exported all the same, without a note of it', async () => {
    const trip = exchange(folder(), { images }, { images: [] });
    withoutKey(trip.sender.dir, 'images');
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    expect(await trip.export({ observer })).toMatchObject({ records: 2 });
    expect(notices).toContain('archive-without-keys');
    expect(outcomesOf(await trip.apply())).toEqual({ added: 2 });
  });
});
