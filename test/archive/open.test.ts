import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { openToRead, openToWrite } from '../../src/archive/open.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** A database whose writer was killed in the middle of a transaction, outside WAL. */
function halfWritten(): string {
  const images = Array.from({ length: 500 }, () => ({ file: null, title: 'előtte' }));
  const { databasePath } = buildArchive(folder('running'), { schema: 'today-without-wal', images });
  const writer = new Database(databasePath);
  writer.pragma('cache_size = 2');
  writer.exec(`BEGIN; UPDATE images SET title = 'közben', description = '${'x'.repeat(2_000)}'`);
  const copy = join(folder('killed'), 'indafoto.db');
  for (const suffix of ['', '-journal']) copyFileSync(databasePath + suffix, copy + suffix);
  writer.exec('ROLLBACK');
  writer.close();
  return copy;
}

const titles = (db: Database.Database) => db.prepare('SELECT DISTINCT title FROM images').pluck().all();

describe('a database whose writer was killed', () => {
  test('is read as it was before the transaction, and left as it is', () => {
    const database = halfWritten();
    const before = readFileSync(database);
    const notices: string[] = [];
    const archive = openToRead(database, {
      observer: (event) => event.type === 'notice' && notices.push(event.notice),
    });
    expect(titles(archive.db)).toEqual(['előtte']);
    archive.close();
    expect(notices).toEqual(['database-copied']);
    expect(readFileSync(database).equals(before)).toBe(true);
    expect(existsSync(`${database}-journal`)).toBe(true);
  });

  test('is rolled back by whoever writes to it', () => {
    const database = halfWritten();
    const archive = openToWrite(database);
    expect(titles(archive.db)).toEqual(['előtte']);
    archive.close();
    expect(readdirSync(folder('killed'))).toEqual(['indafoto.db']);
  });
});

test.each(['today', 'today-without-wal'] as const)(
  'what is committed in the layout %s outlives a power cut: no journal comes back',
  (schema) => {
    const { databasePath } = buildArchive(folder(schema), { schema, images: [{}] });
    const archive = openToWrite(databasePath);
    const EXTRA = 3;
    expect(archive.db.pragma('synchronous', { simple: true })).toBe(EXTRA);
    archive.close();
  },
);

describe('a WAL database', () => {
  const spec = { schema: 'today', wal: 'uncheckpointed', images: [{}, {}, {}] } as const;

  test('is read with what only the WAL holds, and its files stay as they are', () => {
    const { databasePath, walOnlyIds } = buildArchive(folder('archive'), spec);
    const before = ['', '-wal'].map((suffix) => readFileSync(databasePath + suffix));
    const archive = openToRead(databasePath);
    expect(archive.db.prepare('SELECT id FROM images ORDER BY id').pluck().all()).toEqual([
      1,
      2,
      ...walOnlyIds,
    ]);
    archive.close();
    expect(['', '-wal'].map((suffix) => readFileSync(databasePath + suffix))).toEqual(before);
  });

  test('says when reading left something beside it, and only then', () => {
    const { databasePath } = buildArchive(folder('archive'), { schema: 'today', images: [{}] });
    const left: string[] = [];
    for (const round of [1, 2]) {
      openToRead(databasePath, {
        observer: (event) => event.type === 'notice' && left.push(`${round} ${event.notice}`),
      }).close();
    }
    expect(left).toEqual(['1 wal-files-left']);
    expect(statSync(`${databasePath}-shm`).size).toBeGreaterThan(0);
  });

  test('is in order and alone when a writer has left it', () => {
    const { databasePath, dir } = buildArchive(folder('archive'), spec);
    openToWrite(databasePath).close();
    expect(readdirSync(dir).sort()).toEqual(['indafoto.db', 'indafoto_archive']);
  });
});

test('a folder stands for the database in it', () => {
  const { dir, databasePath } = buildArchive(folder('archive'), { schema: 'today-without-wal', images: [] });
  const archive = openToRead(dir);
  expect([archive.path, archive.root]).toEqual([databasePath, dir]);
  archive.close();
});
