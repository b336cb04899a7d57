import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanup, type Event, revert, statusOf } from '../../src/index.ts';
import { words } from '../cli/demo-archives.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const images = Array.from({ length: 12 }, (_, at) => ({ author: 'Anna', siteImageId: at + 1 }));
const photosOf = ({ archive }: Archivist) =>
  readdirSync(join(archive.dir, 'indafoto_archive'), { recursive: true, withFileTypes: true }).filter(
    (item) => item.isFile(),
  ).length;

/** An apply that was being taken back when the machine stopped: rows are gone, files are not. */
async function halfTakenBack() {
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 99 }] });
  const bundle = await anna.pack();
  const { operationId } = await bela.take(bundle);
  const stop = new AbortController();
  const observer = (event: Event) =>
    void (event.type === 'phase' && event.phase === 'remove' && stop.abort());
  const undo = () => revert({ db: bela.db, operationId: operationId!, backup: false });
  await expect(
    revert({ db: bela.db, operationId: operationId!, backup: false, observer, signal: stop.signal }),
  ).rejects.toMatchObject({ code: 'interrupted' });
  expect(bela.query('SELECT count(*) AS images FROM images')).toEqual([{ images: 1 }]);
  expect(photosOf(bela)).toBe(13);
  return { bela, bundle, operationId: operationId!, undo };
}

test('is said to be so, with the command to go on', async () => {
  const { bela, operationId, undo } = await halfTakenBack();
  const [operation] = (await statusOf({ db: bela.db, id: operationId })).operations;
  expect(operation).toMatchObject({ reverted: false, reverting: true });
  const { out } = await words(['status', operationId, '--db', bela.db, '--lang', 'en']);
  expect(out).toContain(`indabundle revert ${operationId}`);
  expect(out).not.toContain('indabundle verify');
  expect(await undo()).toMatchObject({ filesRemoved: 12 });
  expect(photosOf(bela)).toBe(1);
  const [after] = (await statusOf({ db: bela.db, id: operationId })).operations;
  expect(after).toMatchObject({ reverted: true, reverting: false });
});

test('keeps its books when others are cleaned up', async () => {
  const { bela, operationId, undo } = await halfTakenBack();
  await cleanup({ db: bela.db });
  await expect(cleanup({ db: bela.db, id: operationId })).rejects.toMatchObject({
    code: 'operation-unfinished',
  });
  expect(await undo()).toMatchObject({ filesRemoved: 12 });
  expect(photosOf(bela)).toBe(1);
});

test('is no part of what is applied next, and can be brought to its end behind it', async () => {
  const { bela, bundle, operationId, undo } = await halfTakenBack();
  const again = await bela.take(bundle);
  expect(again).toMatchObject({ resumed: false, outcomes: { added: 12 } });
  expect(again.operationId).not.toBe(operationId);
  expect(await undo()).toMatchObject({ filesRemoved: 12 });
  expect(photosOf(bela)).toBe(13);
  const { fileDigests, images: rows } = bela.read();
  expect(rows.size).toBe(13);
  for (const [id, row] of rows) expect(fileDigests.get(id)).toBe(row['sha256_hash']);
});
