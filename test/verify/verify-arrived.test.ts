import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { type Event, verifyArrived } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const pictures = (from: number, to: number): ImageSpec[] =>
  Array.from({ length: to - from }, (_, at) => ({ siteImageId: 8000 + from + at, author: 'Anna' }));

async function arrived(own: ImageSpec[] = []) {
  const anna = new Archivist(folder(), 'anna', { images: pictures(0, 5) });
  const bela = new Archivist(folder(), 'bela', { images: own });
  const { asked } = (await bela.ask([await anna.catalog()])).remotes[0]!;
  const result = await bela.take(await anna.answer(asked.requestPath!));
  const paths = bela.query<{ id: number; local_path: string }>(
    'SELECT id, local_path FROM images ORDER BY id',
  );
  const path = (at: number) => `${bela.archive.dir}/${paths[at]!.local_path}`;
  return { bela, path, listId: asked.listId!, operationId: result.operationId! };
}

describe('what arrived', () => {
  test('is whole, by list and by operation', async () => {
    const { bela, listId, operationId } = await arrived();
    const events: Event[] = [];
    const observer = (event: Event) => events.push(event);
    const byList = await verifyArrived({ db: bela.db, listId, observer });
    expect(byList).toMatchObject({ verdict: 'whole', rows: 5, whole: 5, problemsTotal: 0, listId });
    expect(byList.bytesRead).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(5);
    const byOperation = await verifyArrived({ db: bela.db, operationId });
    expect(byOperation).toMatchObject({ verdict: 'whole', rows: 5, whole: 5, operationId, listId: null });
  });

  test('is whole where another program has stored texts as bytes', async () => {
    const { bela, listId, operationId } = await arrived();
    for (const column of ['local_path', 'sha256_hash', 'url'])
      bela.run(`UPDATE images SET ${column} = CAST(${column} AS BLOB)`);
    bela.run('UPDATE sync_export_files SET export_path = CAST(export_path AS BLOB)');
    bela.run('UPDATE sync_files SET file_hash = CAST(file_hash AS BLOB)');
    expect(await verifyArrived({ db: bela.db, listId })).toMatchObject({ verdict: 'whole', whole: 5 });
    bela.run('UPDATE sync_export_files SET image_id = NULL');
    expect(await verifyArrived({ db: bela.db, listId })).toMatchObject({ verdict: 'whole', whole: 5 });
    expect(await verifyArrived({ db: bela.db, operationId })).toMatchObject({ verdict: 'whole', whole: 5 });
  });

  test('is told apart row by row where it is not as it arrived', async () => {
    const { bela, path, listId, operationId } = await arrived();
    appendFileSync(path(0), 'x');
    rmSync(path(1));
    bela.run('DELETE FROM images WHERE id = (SELECT id FROM images ORDER BY id LIMIT 1 OFFSET 2)');
    for (const what of [{ listId }, { operationId }]) {
      const result = await verifyArrived({ db: bela.db, ...what });
      expect(result).toMatchObject({ verdict: 'damaged', changed: 1, missing: 1, gone: 1, whole: 2 });
      expect(new Set(result.problems.map(({ kind }) => kind))).toEqual(
        new Set(['changed', 'gone', 'missing']),
      );
    }
  });

  test('a photo that was exchanged since, row and file, is no damage', async () => {
    const { bela, path, operationId } = await arrived();
    writeFileSync(path(0), 'another photo');
    const digest = '3d9f3f4ba44ef5eeec1d5ba8ee3dd42c2dc4da4b9a0fb70ab1a3e0d66c1ac6b5';
    bela.run('UPDATE images SET sha256_hash = ? WHERE id = 1', digest);
    expect((await verifyArrived({ db: bela.db, operationId })).changed).toBe(1);
    const { createHash } = await import('node:crypto');
    const right = createHash('sha256').update('another photo').digest('hex');
    bela.run('UPDATE images SET sha256_hash = ? WHERE id = 1', right);
    const result = await verifyArrived({ db: bela.db, operationId });
    expect(result).toMatchObject({ verdict: 'whole', replaced: 1, whole: 4 });
  });

  test('rows that wait or failed make it incomplete', async () => {
    const { bela, listId } = await arrived();
    bela.run(`UPDATE sync_export_files SET status = 'pending' WHERE id = 1`);
    bela.run(`UPDATE sync_export_files SET status = 'error' WHERE id = 2`);
    const result = await verifyArrived({ db: bela.db, listId });
    expect(result).toMatchObject({ verdict: 'incomplete', waiting: 1, failed: 1, whole: 3 });
  });

  test('a list of the Python scripts names no images: they are found by content and address', async () => {
    const bela = new Archivist(folder(), 'bela', { schema: 'python-sync', images: pictures(0, 3) });
    const [first, second] = bela.archive.images;
    bela.run(`INSERT INTO sync_export_lists (list_id, status) VALUES ('list', 'pending')`);
    for (const path of [`hash_${first!.digest!.toUpperCase()}`, `url_${second!.url}`, 'hash_unknown']) {
      bela.run(
        `INSERT INTO sync_export_files (list_id, export_path, status) VALUES ('list', ?, 'completed')`,
        path,
      );
    }
    const result = await verifyArrived({ db: bela.db, listId: 'list' });
    expect(result).toMatchObject({ rows: 3, whole: 2, withoutFile: 1, verdict: 'whole' });
  });

  test('what is not in the books is said', async () => {
    const bela = new Archivist(folder(), 'bela', { images: pictures(0, 1) });
    await expect(verifyArrived({ db: bela.db, listId: 'x' })).rejects.toMatchObject({
      code: 'list-not-found',
    });
    await expect(verifyArrived({ db: bela.db, operationId: 'x' })).rejects.toMatchObject({
      code: 'operation-not-found',
    });
  });
});
