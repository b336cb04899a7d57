import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { diff, exportBundle, retry } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const pictures = (count: number, more: ImageSpec = {}): ImageSpec[] =>
  Array.from({ length: count }, (_, at) => ({ siteImageId: 5000 + at, author: 'Anna', ...more }));

const pair = (images: ImageSpec[]) => {
  const place = folder();
  return { anna: new Archivist(place, 'anna', { images }), bela: new Archivist(place, 'bela', { images }) };
};

const cutShort = ({ archive }: Archivist, at: number) => {
  const path = archive.images[at]!.filePath!;
  truncateSync(path, statSync(path).size - 40);
};

describe('an archive whose oldest photos are lost', () => {
  const images = [...pictures(1100, { file: 'missing' }), { siteImageId: 9000 }];

  test('asks for them, and is sent them', async () => {
    const place = folder();
    const bela = new Archivist(place, 'bela', { images });
    const anna = new Archivist(place, 'anna', { images: [...pictures(3), { siteImageId: 9000 }] });
    const { remotes } = await bela.ask([anna.db], { dryRun: true });
    expect(remotes[0]!.weLack).toMatchObject({ restore: { images: 3 }, present: 1 });
    for (const database of [bela.db, await bela.catalog()]) {
      const selection = { kind: 'for', database } as const;
      const { forReceiver } = await exportBundle({ db: anna.db, selection, dryRun: true });
      expect(forReceiver).toEqual({ missing: 0, restore: 3, conflict: 0 });
    }
  });
});

describe('a photo that is longer at the one who lacks it', () => {
  /** Bela's second photo has something behind it; Anna's is whole. */
  async function longer() {
    const { anna, bela } = pair(pictures(3));
    appendFileSync(bela.archive.images[1]!.filePath!, 'xxxx');
    return { anna, bela, catalogs: { anna: await anna.catalog(), bela: await bela.catalog() } };
  }

  test('is asked for by him, and by nobody else', async () => {
    const { anna, bela, catalogs } = await longer();
    const analysis = await bela.ask([catalogs.anna]);
    expect(analysis.remotes[0]!.weLack).toMatchObject({ restore: { images: 1 }, present: 2 });
    const { outcomes } = await bela.take(await anna.answer(analysis.remotes[0]!.asked.requestPath!));
    expect(outcomes).toMatchObject({ restored: 1, failed: 0 });
    const { weLack, theyLack } = (await anna.ask([catalogs.bela], { dryRun: true })).remotes[0]!;
    expect(weLack).toMatchObject({ restore: { images: 0 }, withoutFile: 1, present: 2 });
    expect(theyLack).toMatchObject({ restore: { images: 1 } });
  });

  test('is sent to him, also by what his catalogue says', async () => {
    const { anna, catalogs } = await longer();
    const selection = { kind: 'for', database: catalogs.bela } as const;
    const { forReceiver } = await exportBundle({ db: anna.db, selection, dryRun: true });
    expect(forReceiver).toEqual({ missing: 0, restore: 1, conflict: 0 });
  });

  test('is whole in a bundle, and not with him', async () => {
    const { anna, bela } = await longer();
    const { photoOnlyA, photoOnlyB } = await diff({ a: await anna.pack(), b: bela.db });
    expect([photoOnlyA.images, photoOnlyB.images]).toEqual([1, 0]);
  });
});

describe('an image that nothing names', () => {
  test('is not asked for, and that is told', async () => {
    const place = folder();
    const nameless = { url: null, pageUrl: null, digest: null };
    const anna = new Archivist(place, 'anna', { images: [...pictures(2), nameless] });
    const bela = new Archivist(place, 'bela', { images: pictures(2) });
    const { asked, remotes } = await bela.ask([await anna.catalog()]);
    expect(asked).toBe(0);
    expect(remotes[0]!).toMatchObject({ weLack: { missing: { images: 1 } }, nameless: 1 });
    const selection = { kind: 'for', database: await bela.catalog() } as const;
    const { forReceiver } = await exportBundle({ db: anna.db, selection, dryRun: true });
    expect(forReceiver).toMatchObject({ missing: 1 });
  });
});

describe('texts that are longer than any real one', () => {
  test('make no catalogue or request that cannot be read', async () => {
    const place = folder();
    const long = (character: string, length: number) =>
      `https://elsewhere.example/${character.repeat(length)}`;
    const anna = new Archivist(place, 'anna', {
      images: [
        {
          url: long('a', 6_000_000),
          pageUrl: long('b', 5_000_000),
          author: 'x'.repeat(5_000_000),
          localPath: 'indafoto_archive/x.jpg',
        },
        ...Array.from({ length: 30 }, (_, at) => ({
          url: long(`é${at}`, 80_000),
          pageUrl: long(`ő${at}`, 80_000),
          author: `${at}${'ű'.repeat(100_000)}`,
          localPath: `indafoto_archive/${at}.jpg`,
          digest: null,
        })),
      ],
    });
    const bela = new Archivist(place, 'bela', { images: [] });
    const { remotes } = await bela.ask([await anna.catalog()]);
    expect(remotes[0]!).toMatchObject({ weLack: { missing: { images: 31 } }, asked: { images: 31 } });
    const { outcomes } = await bela.take(await anna.answer(remotes[0]!.asked.requestPath!));
    expect(outcomes).toMatchObject({ added: 31, failed: 0 });
  });
});

describe('a photo that was cut short', () => {
  test('is asked for again, though its row says what it was', async () => {
    const { anna, bela } = pair(pictures(3));
    cutShort(bela, 1);
    const whole = readFileSync(anna.archive.images[1]!.filePath!);
    const [first] = (await bela.ask([anna.db])).remotes;
    expect(first!.asked).toMatchObject({ images: 1 });
    rmSync(anna.archive.images[1]!.filePath!);
    await bela.take(await anna.answer(first!.asked.requestPath!));
    writeFileSync(anna.archive.images[1]!.filePath!, whole);
    const again = await retry({ db: bela.db, listId: first!.asked.listId!, remotes: [anna.db] });
    expect(again).toMatchObject({ failed: 1, hereMeanwhile: 0, notFound: 0 });
    expect(again.remotes[0]!.asked).toMatchObject({ images: 1 });
    expect(bela.query('SELECT status FROM sync_export_files')).toEqual([{ status: 'pending' }]);
  });

  test('completes a list when it came whole by another way', async () => {
    const { anna, bela } = pair(pictures(3));
    cutShort(bela, 1);
    const whole = readFileSync(anna.archive.images[1]!.filePath!);
    const [first] = (await bela.ask([anna.db])).remotes;
    rmSync(anna.archive.images[1]!.filePath!);
    await bela.take(await anna.answer(first!.asked.requestPath!));
    writeFileSync(bela.archive.images[1]!.filePath!, whole);
    const again = await retry({ db: bela.db, listId: first!.asked.listId!, remotes: [anna.db] });
    expect(again).toMatchObject({ failed: 1, hereMeanwhile: 1, notFound: 0 });
    expect(bela.query('SELECT status FROM sync_export_files')).toEqual([{ status: 'completed' }]);
  });

  test('is not the same as the whole one, on whichever side it is', async () => {
    const { anna, bela } = pair(pictures(4));
    cutShort(bela, 1);
    const one = { images: 1 };
    const none = { images: 0 };
    for (const side of [bela.db, await bela.catalog()]) {
      expect(await diff({ a: anna.db, b: side })).toMatchObject({
        same: 3,
        photoOnlyA: one,
        photoOnlyB: none,
      });
      expect(await diff({ a: side, b: anna.db })).toMatchObject({
        same: 3,
        photoOnlyA: none,
        photoOnlyB: one,
      });
    }
    const { remotes } = await bela.ask([anna.db], { dryRun: true });
    expect(remotes[0]!.weLack).toMatchObject({ present: 3, restore: one, withoutFile: 0 });
    expect(remotes[0]!.theyLack).toMatchObject({ present: 3, restore: none, withoutFile: 1 });
    for (const database of [anna.db, await anna.catalog()]) {
      const selection = { kind: 'for', database } as const;
      const { forReceiver } = await exportBundle({ db: bela.db, selection, dryRun: true });
      expect(forReceiver).toEqual({ missing: 0, restore: 0, conflict: 0 });
    }
  });
});
