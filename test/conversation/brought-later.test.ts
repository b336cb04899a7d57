import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { cleanup, statusOf, verifyBundle } from '../../src/index.ts';
import { words } from '../cli/demo-archives.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** A bundle of six photos, some of which are damaged, was applied. */
async function appliedInPart(): Promise<{
  anna: Archivist;
  bela: Archivist;
  bundle: string;
  operation: string;
}> {
  const images = Array.from({ length: 6 }, (_, at) => ({
    siteImageId: at + 1,
    file: uniqueJpeg(`photo ${at}`, 60_000),
  }));
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: [] });
  const bundle = await anna.pack();
  const bytes = readFileSync(bundle);
  bytes.fill(0, 100_000, 120_000);
  writeFileSync(bundle, bytes);
  const { operationId, outcomes } = await bela.take(bundle);
  expect(outcomes.failed).toBeGreaterThan(0);
  return { anna, bela, bundle, operation: operationId! };
}

test('what failed and came in the answer to a request is not told as failed any more, and its books can go', async () => {
  const { anna, bela, bundle, operation } = await appliedInPart();
  const before = await statusOf({ db: bela.db, id: operation });
  const { errors } = before.operations[0]!;
  expect([before.operations[0]!.hereMeanwhile, before.failuresTotal]).toEqual([0, errors]);
  expect((await cleanup({ db: bela.db, dryRun: true })).unfinished).toContain(operation);

  const request = join(folder(), 'lost.indarequest');
  await verifyBundle({ input: bundle, request });
  await bela.take(await anna.answer(request));
  const after = await statusOf({ db: bela.db, id: operation });
  expect(after.operations).toMatchObject([{ errors, hereMeanwhile: errors }]);
  expect(after.failuresTotal).toBe(0);
  const { out } = await words(['status', '--db', bela.db, '--lang', 'en']);
  expect(out).toContain(`${errors} failed; ${errors} came by another way`);
  expect(out).not.toContain('Asked of others');
  expect((await statusOf({ db: bela.db })).lists).toMatchObject([{ kind: 'received', completed: 6 }]);
  const { counts, unfinished } = await cleanup({ db: bela.db });
  expect([counts.operation, counts.list, unfinished]).toEqual([2, 1, []]);
});

test('what failed and came with another bundle altogether is here, too', async () => {
  const { anna, bela, operation } = await appliedInPart();
  await bela.take(await anna.pack());
  const { operations, failuresTotal } = await statusOf({ db: bela.db, id: operation });
  const { errors, hereMeanwhile } = operations[0]!;
  expect([hereMeanwhile, failuresTotal]).toEqual([errors, 0]);
});

test('what the sender left out counts among what was asked for, once', async () => {
  const anna = new Archivist(folder(), 'anna', { images: [{ siteImageId: 1 }, { siteImageId: 2 }] });
  const bela = new Archivist(folder(), 'bela', { images: [] });
  const { requestPath, listId } = (await bela.ask([await anna.catalog()])).remotes[0]!.asked;
  const [{ path }] = anna.query<{ path: string }>('SELECT local_path AS path FROM images LIMIT 1') as [
    { path: string },
  ];
  rmSync(join(anna.archive.dir, path));
  const bundle = await anna.answer(requestPath!);
  const { operationId } = await bela.take(bundle);
  const { operations, lists, failures } = await statusOf({ db: bela.db, id: operationId! });
  expect(operations).toMatchObject([{ total: 2, processed: 1, errors: 1 }]);
  expect(lists).toMatchObject([{ listId, total: 2, completed: 1, errors: 1 }]);
  expect(failures).toMatchObject([{ reason: expect.stringContaining('left out by the sender') }]);

  rmSync(
    join(bela.archive.dir, bela.query<{ path: string }>('SELECT local_path AS path FROM images')[0]!.path),
  );
  expect((await bela.take(bundle)).outcomes).toMatchObject({ restored: 1 });
  const again = await statusOf({ db: bela.db, id: operationId! });
  expect(again.operations).toMatchObject([{ total: 3, processed: 2, errors: 1 }]);
});
