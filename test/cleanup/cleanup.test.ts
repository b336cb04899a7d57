import { copyFileSync, existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { applyBundle, cleanup, revert } from '../../src/index.ts';
import { takeLock } from '../../src/archive/lock.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const DAY = 24 * 60 * 60 * 1000;

const images: ImageSpec[] = [{ siteImageId: 1 }, { siteImageId: 2 }, { siteImageId: 3 }];

async function exchanged(receiving: ImageSpec[] = []) {
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: receiving });
  const { remotes } = await bela.ask([anna.db]);
  const { requestPath, listId } = remotes[0]!.asked;
  const bundle = await anna.answer(requestPath!);
  return { anna, bela, listId: listId!, bundle };
}

const rows = (person: Archivist) =>
  ['sync_operations', 'sync_files', 'sync_export_lists', 'sync_export_files', 'indabundle_journal'].map(
    (table) => person.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]!.n,
  );

describe('what is finished', () => {
  test('goes, and nothing of the archive does', async () => {
    const { bela, bundle } = await exchanged();
    const { operationId } = await bela.take(bundle);
    const before = { archive: readArchive(bela.archive.dir), files: fileTree(bela.archive.photoFolder) };
    const result = await cleanup({ db: bela.db });
    expect(result.counts).toMatchObject({ operation: 1, list: 1 });
    expect(result.revertEnds).toEqual([operationId]);
    expect(rows(bela)).toEqual([0, 0, 0, 0, 0]);
    expect({ archive: readArchive(bela.archive.dir), files: fileTree(bela.archive.photoFolder) }).toEqual(
      before,
    );
    await expect(revert({ db: bela.db, operationId: operationId! })).rejects.toMatchObject({
      code: 'operation-not-found',
    });
  });

  test('goes with an age of nothing, too, in the second in which it ended', async () => {
    const { bela, bundle } = await exchanged();
    await bela.take(bundle);
    expect((await cleanup({ db: bela.db, olderThan: 0 })).counts).toMatchObject({ operation: 1, list: 1 });
  });

  test('is not said to be past reverting when it was taken back already', async () => {
    const { bela, bundle } = await exchanged();
    const { operationId } = await bela.take(bundle);
    await revert({ db: bela.db, operationId: operationId!, backup: false });
    const { counts, revertEnds } = await cleanup({ db: bela.db });
    expect([counts.operation, revertEnds]).toEqual([1, []]);
  });

  test('is only shown in a dry run', async () => {
    const { bela, bundle } = await exchanged();
    await bela.take(bundle);
    const before = rows(bela);
    const planned = await cleanup({ db: bela.db, dryRun: true });
    expect(rows(bela)).toEqual(before);
    const { seconds: _, dryRun: __, ...done } = await cleanup({ db: bela.db });
    expect(planned).toMatchObject(done);
  });

  test('takes the photo with it that gave way to another', async () => {
    const anna = new Archivist(folder(), 'anna', {
      images: [{ siteImageId: 1, file: uniqueJpeg('larger', 9000) }],
    });
    const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 1 }] });
    const { forward, old } = {
      forward: await anna.pack(),
      old: join(bela.archive.dir, bela.archive.images[0]!.localPath!),
    };
    await applyBundle({ db: bela.db, input: forward, backup: false, onConflict: 'take-remote' });
    expect(existsSync(old)).toBe(true);
    expect((await cleanup({ db: bela.db })).counts['replaced-file']).toBe(1);
    expect(existsSync(old)).toBe(false);
    expect([...readArchive(bela.archive.dir).fileDigests.values()]).not.toContain(null);
  });
});

describe('what is not finished', () => {
  test('stays: a request that waits for an answer', async () => {
    const { bela, listId } = await exchanged();
    const before = rows(bela);
    const result = await cleanup({ db: bela.db });
    expect(result.unfinished).toEqual([listId]);
    expect(rows(bela)).toEqual(before);
  });

  test('stays: an apply that was stopped, with its backup, and goes on afterwards', async () => {
    const { bela, bundle, listId } = await exchanged();
    const stop = new AbortController();
    const observer = ({ type }: { type: string }) => (type === 'notice' ? stop.abort() : undefined);
    await applyBundle({ db: bela.db, input: bundle, observer, signal: stop.signal }).catch(() => {});
    bela.run(
      `INSERT OR IGNORE INTO sync_operations (operation_id, status, start_time) VALUES ('0123456789abcdef', 'pending', '2025-01-01 00:00:00')`,
    );
    const result = await cleanup({ db: bela.db, olderThan: 0 });
    expect(result.unfinished).toContain('0123456789abcdef');
    expect(result.counts.backup).toBe(0);
    await expect(cleanup({ db: bela.db, id: '0123456789abcdef' })).rejects.toMatchObject({
      code: 'operation-unfinished',
    });
    expect((await bela.take(bundle)).outcomes.failed).toBe(0);
    expect(bela.query('SELECT status FROM sync_export_lists WHERE list_id = ?', listId)).toEqual([
      { status: 'completed' },
    ]);
  });

  test('goes when it is named: a list that nobody answers', async () => {
    const { bela, listId } = await exchanged();
    await cleanup({ db: bela.db, id: listId });
    expect(rows(bela)).toEqual([0, 0, 0, 0, 0]);
  });
});

/** A lock whose holder was killed. */
function leaveLock(path: string): void {
  const held = takeLock(`${path}-held`, 'output-locked', path);
  copyFileSync(`${path}-held`, path);
  held.release();
}

describe('files', () => {
  const litter = (person: Archivist) =>
    readdirSync(person.archive.dir)
      .filter((name) => /backup|part|plan|lock/.test(name))
      .sort();

  test('temporary and partial ones go, those of others stay', async () => {
    const { bela } = await exchanged([{ siteImageId: 9, author: 'Anna' }]);
    const inside = join(bela.archive.photoFolder, 'Anna', '0');
    writeFileSync(join(inside, '.indabundle-0123abcd-7.tmp'), 'half');
    writeFileSync(join(inside, '.tmp'), 'not ours');
    for (const name of [
      'x.indacatalog.part',
      'x.indabundle.part',
      'notes.part',
      'indafoto.db.backup-20250101-000000.part',
    ])
      writeFileSync(join(bela.archive.dir, name), 'half');
    copyFileSync(bela.db, join(bela.archive.dir, 'z.indabundle.plan'));
    for (const name of ['x.indacatalog.lock', 'x.indabundle.lock']) leaveLock(join(bela.archive.dir, name));
    const result = await cleanup({ db: bela.db });
    expect(result.counts).toMatchObject({ 'temporary-file': 1, 'partial-file': 4 });
    expect(readdirSync(inside)).toContain('.tmp');
    expect(readdirSync(inside)).not.toContain('.indabundle-0123abcd-7.tmp');
    expect(litter(bela)).toEqual(['notes.part']);
  });

  test('an export that can be gone on with goes only when it is old', async () => {
    const { bela } = await exchanged();
    for (const name of ['x.indabundle.part', 'x.indabundle.plan']) {
      copyFileSync(bela.db, join(bela.archive.dir, name));
      utimesSync(join(bela.archive.dir, name), new Date(2025, 1, 1), new Date(2025, 1, 1));
    }
    expect((await cleanup({ db: bela.db })).counts['partial-file']).toBe(0);
    expect((await cleanup({ db: bela.db, olderThan: 30 * DAY })).counts['partial-file']).toBe(2);
  });

  test('a download that a browser has not finished stays', async () => {
    const { bela } = await exchanged();
    writeFileSync(join(bela.archive.dir, 'x.indabundle.part'), 'half');
    writeFileSync(join(bela.archive.dir, 'x.indabundle.plan'), 'for Sunday');
    expect((await cleanup({ db: bela.db })).counts['partial-file']).toBe(0);
    expect(litter(bela)).toEqual(['x.indabundle.part', 'x.indabundle.plan']);
    expect((await cleanup({ db: bela.db, olderThan: 30 * DAY })).counts['partial-file']).toBe(0);
  });

  test('a lock goes when nobody holds it, and so does what is written behind it', async () => {
    const { bela } = await exchanged();
    const held = takeLock(join(bela.archive.dir, 'held.indabundle.lock'), 'output-locked', 'held');
    writeFileSync(join(bela.archive.dir, 'x.indabundle.lock'), 'somebody else');
    const writing = takeLock(join(bela.archive.dir, 'new.indacatalog.lock'), 'output-locked', 'writing');
    writeFileSync(join(bela.archive.dir, 'new.indacatalog.part'), 'as far as it is');
    expect((await cleanup({ db: bela.db })).counts).toMatchObject({ lock: 0, 'partial-file': 0 });
    expect(litter(bela)).toEqual([
      'held.indabundle.lock',
      'new.indacatalog.lock',
      'new.indacatalog.part',
      'x.indabundle.lock',
    ]);
    held.release();
    writing.release();
  });

  test('backups go by age, and only when asked to', async () => {
    const { bela } = await exchanged();
    const old = 'indafoto.db.backup-20250101-000000';
    const young = `indafoto.db.backup-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
    for (const name of [old, young, 'indafoto.db.backup-mine'])
      writeFileSync(join(bela.archive.dir, name), 'copy');
    expect((await cleanup({ db: bela.db })).counts.backup).toBe(0);
    expect((await cleanup({ db: bela.db, olderThan: DAY })).counts.backup).toBe(1);
    expect(litter(bela)).toEqual([young, 'indafoto.db.backup-mine'].sort());
  });
});

test('books of the Python scripts alone', async () => {
  const bela = new Archivist(folder(), 'bela', { images, schema: 'python-sync' });
  bela.run(
    `INSERT INTO sync_export_lists (list_id, created_time, total_files, processed_files, status) VALUES ('00000000000000aa', '2025-03-01T10:00:00', 1, 1, 'completed'), ('00000000000000bb', '2025-03-01T10:00:00', 1, 0, 'pending')`,
  );
  bela.run(
    `INSERT INTO sync_export_files (list_id, export_path, status) VALUES ('00000000000000aa', 'hash_x', 'completed'), ('00000000000000bb', 'hash_y', 'pending')`,
  );
  const result = await cleanup({ db: bela.db });
  expect(result.unfinished).toEqual(['00000000000000bb']);
  expect(bela.query('SELECT list_id, export_path FROM sync_export_files')).toEqual([
    { list_id: '00000000000000bb', export_path: 'hash_y' },
  ]);
});
