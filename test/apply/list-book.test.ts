import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type KnownRecords, ListBook } from '../../src/apply/list-book.ts';
import { openScratch } from '../../src/archive/scratch.ts';
import { createSyncTables, SyncTables } from '../../src/archive/sync-tables.ts';

const TOTAL = 150_003;
const none = () => new Map<number, string>();
const wait = { what: 'a database in memory' };

test('rows that a damaged copy had no room for come with a whole one; what was done meanwhile is completed', async () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE images (id INTEGER PRIMARY KEY)');
  createSyncTables(db);
  const sync = new SyncTables(db);
  sync.createOperation('apply', 'trip.indabundle', TOTAL, new Date());
  sync.createList('list', 'apply', TOTAL, new Date());
  const book = new ListBook({ db, scratch: openScratch() }, sync, sync.list('list')!);
  const damaged: KnownRecords = { total: TOTAL, came: 3, pathsOf: none, isDone: () => false };
  await book.complete('own', damaged, wait);
  const rows = () =>
    db
      .prepare('SELECT status, count(*) AS rows FROM sync_export_files GROUP BY status ORDER BY status')
      .all();
  expect(rows()).toEqual([{ status: 'pending', rows: 100_003 }]);

  // The last three were done behind the lost ones; the file of one of them is gone since.
  const isDone = (ordinal: number) => ordinal >= TOTAL - 3;
  const pathsOf = () => new Map([[TOTAL - 1, 'hash_of_the_last']]);
  await book.complete('own', { total: TOTAL, came: TOTAL, pathsOf, isDone }, wait);
  expect(rows()).toEqual([
    { status: 'completed', rows: 2 },
    { status: 'pending', rows: TOTAL - 2 },
  ]);
  expect(sync.list('list')).toMatchObject({ processed_files: 2 });
  db.close();
});
