import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec } from '../../fixtures/archive-builder.ts';
import { exportBundle, statusOf } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const byText = (one: unknown, other: unknown) => (String(one) < String(other) ? -1 : 1);

const pictures = (from: number, to: number): ImageSpec[] =>
  Array.from({ length: to - from }, (_, at) => ({ siteImageId: 7000 + from + at, author: 'Anna' }));

/** Anna has four pictures; of what Béla asks for, she can give one. */
async function halfAnswered() {
  const anna = new Archivist(folder(), 'anna', { images: pictures(0, 4) });
  const bela = new Archivist(folder(), 'bela', { images: [] });
  anna.run('UPDATE images SET sha256_hash = NULL WHERE id = 1');
  const catalog = await anna.catalog();
  const { asked } = (await bela.ask([catalog])).remotes[0]!;
  anna.run('DELETE FROM images WHERE id = 1');
  anna.run(`UPDATE images SET local_path = 'nowhere.jpg' WHERE id = 2`);
  anna.run('UPDATE images SET local_path = NULL WHERE id = 3');
  const bundle = await anna.answer(asked.requestPath!);
  return { anna, bela, bundle, catalog, listId: asked.listId! };
}

describe('without books', () => {
  test('an archive that never took part is said to have none', async () => {
    const { databasePath } = buildArchive(folder('a'), { schema: 'today', images: pictures(0, 2) });
    const before = readFileSync(databasePath);
    const status = await statusOf({ db: databasePath });
    expect(status).toMatchObject({ books: 'none', operations: [], lists: [], failuresTotal: 0 });
    expect(readFileSync(databasePath)).toEqual(before);
    await expect(statusOf({ db: databasePath, id: 'x' })).rejects.toMatchObject({ code: 'id-not-found' });
  });
});

describe('a request', () => {
  test('waits, and names whom it was asked of', async () => {
    const { bela, catalog, listId } = await halfAnswered();
    const status = await statusOf({ db: bela.db });
    expect(status).toMatchObject({ books: 'indabundle', operations: [], listsTotal: 1 });
    expect(status.lists[0]).toMatchObject({
      listId,
      kind: 'asked',
      askedOf: catalog,
      status: 'pending',
      total: 4,
      pending: 4,
      completed: 0,
      errors: 0,
    });
  });

  test('that was answered in part: every failure has the reason of who could not serve it', async () => {
    const { bela, bundle, listId } = await halfAnswered();
    const { operationId } = await bela.take(bundle);
    const status = await statusOf({ db: bela.db, failed: true });
    expect(status.operations[0]).toMatchObject({
      operationId,
      kind: 'apply',
      status: 'error',
      processed: 1,
      errors: 3,
      reverted: false,
      volumes: null,
      outcomes: { added: 1, failed: 3 },
    });
    expect(status.failuresTotal).toBe(3);
    expect(
      status.failures.map(({ wanted, reason }) => [wanted!.slice(0, 4), reason]).toSorted(byText),
    ).toEqual([
      ['hash', 'left out by the sender: missing'],
      ['hash', 'left out by the sender: no-file'],
      ['url_', 'left out by the sender: unknown'],
    ]);
    expect(status.failures.every((failure) => failure.listId === listId)).toBe(true);
  });

  test('in detail, by the id of the list or of the operation', async () => {
    const { bela, bundle, listId } = await halfAnswered();
    const { operationId } = await bela.take(bundle);
    const list = await statusOf({ db: bela.db, id: listId });
    expect(list.lists).toMatchObject([{ listId, operationId, completed: 1, errors: 3, pending: 0 }]);
    expect(list).toMatchObject({ operations: [], failuresTotal: 3 });
    const operation = await statusOf({ db: bela.db, id: operationId! });
    expect(operation.operations).toHaveLength(1);
    expect(operation.lists).toMatchObject([{ listId }]);
    expect(operation.failures.map(({ wanted }) => wanted?.slice(0, 4)).toSorted(byText)).toEqual([
      'hash',
      'hash',
      'url_',
    ]);
  });
});

describe('at the sender', () => {
  test('what could not be packed is a failure of the export, not something to ask for', async () => {
    const { anna } = await halfAnswered();
    const status = await statusOf({ db: anna.db });
    expect(status.operations).toMatchObject([{ kind: 'export', status: 'error', processed: 1 }]);
    expect(status.lists).toMatchObject([{ kind: 'export' }]);
    expect(status.failuresTotal).toBe(0);
    const { operationId } = status.operations[0]!;
    const detail = await statusOf({ db: anna.db, id: operationId });
    expect(detail.failures.length).toBeGreaterThan(0);
    expect(detail.failures[0]!.reason).toMatch(/^(missing|unknown|no-file)/);
  });
});

describe('a bundle that answers nothing of ours', () => {
  test('has a list of its own, and is waited for by nobody', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 3) });
    const bela = new Archivist(folder(), 'bela', { images: [] });
    const output = `${folder()}/all.indabundle`;
    await exportBundle({ db: anna.db, selection: { kind: 'all' }, output });
    await bela.take(output);
    const { lists } = await statusOf({ db: bela.db });
    expect(lists).toMatchObject([{ kind: 'received', status: 'completed', total: 3, completed: 3 }]);
  });
});

describe('books of the Python scripts', () => {
  test('are read as they are: operations, lists, reasons', async () => {
    const bela = new Archivist(folder(), 'bela', { schema: 'python-sync', images: pictures(0, 1) });
    const digest = 'AB'.repeat(32);
    bela.run(
      `INSERT INTO sync_operations (operation_id, start_time, status, source_db_path, total_files, processed_files, error_count)
       VALUES ('op', '2025-04-01T10:00:00', 'running', '/x/indafoto.db', 3, 1, 1)`,
    );
    bela.run(
      `INSERT INTO sync_files (operation_id, file_hash, status, error_message) VALUES ('op', ?, 'error', 'Disk full')`,
      digest.toLowerCase(),
    );
    bela.run(`INSERT INTO sync_export_lists (list_id, status, total_files) VALUES ('list', 'pending', 3)`);
    for (const [path, state] of [
      [`hash_${digest}`, 'error'],
      ['url_http://a/b.jpg', 'pending'],
      ['hash_x', 'completed'],
    ]) {
      bela.run(
        `INSERT INTO sync_export_files (list_id, export_path, status) VALUES ('list', ?, ?)`,
        path,
        state,
      );
    }
    const status = await statusOf({ db: bela.db });
    expect(status).toMatchObject({
      books: 'scripts',
      operations: [{ operationId: 'op', kind: 'other', status: 'pending', errors: 1, outcomes: null }],
      lists: [
        { listId: 'list', kind: 'asked', askedOf: null, total: 3, completed: 1, pending: 1, errors: 1 },
      ],
      failures: [{ listId: 'list', wanted: `hash_${digest}`, reason: 'Disk full' }],
    });
    expect((await statusOf({ db: bela.db, id: 'op' })).failures).toMatchObject([{ reason: 'Disk full' }]);
  });
});
