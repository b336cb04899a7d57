import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { applyBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const pictures = (...ids: number[]) => ({ images: ids.map((siteImageId) => ({ siteImageId })) });

test('a request that two have answered waits for what the first had brought, when that is taken back', async () => {
  const bela = new Archivist(folder(), 'bela', pictures(9));
  const anna = new Archivist(folder(), 'anna', pictures(1, 2));
  const cili = new Archivist(folder(), 'cili', pictures(3));
  const both = new Archivist(folder(), 'both', pictures(1, 2, 3));
  const { listId, requestPath } = (await bela.ask([await both.catalog()])).remotes[0]!.asked;
  const first = await bela.take(await anna.answer(requestPath!));
  await bela.take(await cili.answer(requestPath!));
  const list = () =>
    bela.query('SELECT status, processed_files AS done FROM sync_export_lists WHERE list_id = ?', listId);
  const rows = () => bela.query('SELECT status, image_id IS NULL AS empty FROM sync_export_files');
  expect(list()).toEqual([{ status: 'completed', done: 3 }]);

  await revert({ db: bela.db, operationId: first.operationId!, backup: false });
  expect(list()).toEqual([{ status: 'pending', done: 1 }]);
  expect(rows().filter((row) => (row as { empty: number }).empty === 1)).toEqual([
    { status: 'pending', empty: 1 },
    { status: 'pending', empty: 1 },
  ]);

  await bela.take(await anna.answer(requestPath!));
  expect(list()).toEqual([{ status: 'completed', done: 3 }]);
});

test('lists of other bundles, and of exports, stay as they are', async () => {
  const bela = new Archivist(folder(), 'bela', pictures(9));
  const anna = new Archivist(folder(), 'anna', pictures(1, 2));
  const { operationId } = await bela.take(await anna.pack());
  await bela.take(await new Archivist(folder(), 'cili', pictures(1, 3)).pack());
  await bela.pack();
  const others = () =>
    bela.query('SELECT status, processed_files FROM sync_export_lists WHERE operation_id <> ?', operationId);
  const before = others();
  expect(before).toHaveLength(2);
  await revert({ db: bela.db, operationId: operationId!, backup: false });
  expect(others()).toEqual(before);
});

test('a request that was served stays so when a bundle that had nothing to do with it is taken back', async () => {
  const bela = new Archivist(folder(), 'bela', pictures(9));
  const anna = new Archivist(folder(), 'anna', pictures(1));
  const { listId, requestPath } = (await bela.ask([await anna.catalog()])).remotes[0]!.asked;
  await bela.take(await anna.answer(requestPath!));
  const other = { images: [{ siteImageId: 1, file: uniqueJpeg('another content', 9000) }] };
  const cili = new Archivist(folder(), 'cili', other);
  const input = await cili.pack();
  const before = bela.read();
  const list = () =>
    bela.query('SELECT status, processed_files AS done FROM sync_export_lists WHERE list_id = ?', listId);
  const { operationId, outcomes } = await applyBundle({
    db: bela.db,
    input,
    backup: false,
    onConflict: 'take-remote',
  });
  expect(outcomes).toMatchObject({ conflict: 1 });
  expect(bela.read().fileDigests).not.toEqual(before.fileDigests);
  await revert({ db: bela.db, operationId: operationId!, backup: false });
  expect(bela.read().fileDigests).toEqual(before.fileDigests);
  expect(list()).toEqual([{ status: 'completed', done: 1 }]);
});
