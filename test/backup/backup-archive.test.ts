import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { backupArchive } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const archive = (wal?: 'uncheckpointed') =>
  buildArchive(folder('archive'), {
    schema: 'today',
    images: [{}, {}, {}, {}],
    ...(wal === undefined ? {} : { wal }),
  });

function rows(path: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare('SELECT * FROM images ORDER BY id').all();
  } finally {
    db.close();
  }
}

test('a copy beside the database, with what only the WAL holds', async () => {
  const { databasePath, dir } = archive('uncheckpointed');
  const result = await backupArchive({ db: databasePath });
  expect(dirname(result.path)).toBe(dir);
  expect(basename(result.path)).toMatch(/^indafoto\.db\.backup-\d{8}-\d{6}$/);
  expect(result).toMatchObject({ database: databasePath, images: 4 });
  expect(rows(result.path)).toEqual(rows(databasePath));
});

test('into a folder, under a name of its own', async () => {
  const { databasePath } = archive();
  const stick = folder('stick');
  const { path } = await backupArchive({ db: databasePath, output: stick });
  expect(dirname(path)).toBe(stick);
  expect(readdirSync(stick)).toEqual([basename(path)]);
});

test('replaces a file only with force, and never the database itself', async () => {
  const { databasePath } = archive();
  const output = join(folder(), 'copy.db');
  writeFileSync(output, 'mine');
  await expect(backupArchive({ db: databasePath, output })).rejects.toMatchObject({ code: 'output-exists' });
  expect(readFileSync(output, 'utf8')).toBe('mine');
  await backupArchive({ db: databasePath, output, force: true });
  expect(rows(output)).toHaveLength(4);
  const self = backupArchive({ db: databasePath, output: databasePath, force: true });
  await expect(self).rejects.toMatchObject({ code: 'output-is-input' });
});

test('a damaged database is not copied as if it were whole', async () => {
  const { databasePath } = buildArchive(folder('archive'), {
    schema: 'today-without-wal',
    images: Array.from({ length: 60 }, () => ({ description: 'x'.repeat(400) })),
  });
  const bytes = readFileSync(databasePath);
  bytes.fill(0xff, bytes.length - 20_000);
  writeFileSync(databasePath, bytes);
  const output = join(folder(), 'copy.db');
  await expect(backupArchive({ db: databasePath, output })).rejects.toMatchObject({ code: 'db-corrupt' });
  expect(existsSync(output)).toBe(false);
});

test('stopped, it leaves nothing behind', async () => {
  const { databasePath } = archive();
  const output = join(folder('stick'), 'copy.db');
  const signal = AbortSignal.abort();
  await expect(backupArchive({ db: databasePath, output, signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
  expect(readdirSync(folder('stick'))).toEqual([]);
});
