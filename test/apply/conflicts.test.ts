import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import type { SchemaName } from '../../fixtures/archive-schemas.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { databaseDump, dumpWithoutBooks, rowsOf } from '../support/database-dump.ts';
import { applyTo, exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const HERE = uniqueJpeg('here', 2_000);
const THERE = uniqueJpeg('there', 3_000);
const SITE_ID = 1_581_205;

const local: ImageSpec = {
  siteImageId: SITE_ID,
  author: 'Tóth Gábor',
  file: HERE,
  title: null,
  tags: ['itt'],
};
const remote: ImageSpec = {
  ...local,
  url: siteUrl(SITE_ID, { server: 2, size: 'xl' }),
  file: THERE,
  title: 'Címe is van',
  tags: ['ott'],
};

const conflicting = (more: ImageSpec = {}, schema: SchemaName = 'today') =>
  exchange(folder(), { images: [{ ...remote, ...more }] }, { schema, images: [local] });

describe('the same image with other bytes', () => {
  test('is kept as it is by default, but for what is missing of its metadata', async () => {
    const trip = conflicting();
    const files = fileTree(trip.receiver.photoFolder);
    const result = await trip.carry();
    expect(outcomesOf(result)).toEqual({ conflict: 1 });
    expect(result.largerAvailable).toBe(1);
    expect(trip.violations()).toEqual([]);
    expect(fileTree(trip.receiver.photoFolder)).toEqual(files);
    const after = trip.after();
    expect(after.images.get(1)).toMatchObject({ title: 'Címe is van', sha256_hash: sha256(HERE) });
    expect(after.links.map(({ key }) => key)).toEqual(['itt', 'ott']);
  });

  test('whose local digest is NULL, too: the digest stays NULL', async () => {
    const trip = exchange(folder(), { images: [remote] }, { images: [{ ...local, digest: null }] });
    expect(outcomesOf(await trip.carry())).toEqual({ conflict: 1 });
    expect(trip.after().images.get(1)?.['sha256_hash']).toBeNull();
  });

  test.each([
    ['xl', 'over l', {}, THERE],
    ['l', 'not over l', { url: siteUrl(SITE_ID, { server: 2 }) }, HERE],
    ['no size', 'not over l', { url: `https://indafoto.hu/x/image/${SITE_ID}-e7615300` }, HERE],
  ])('larger takes %s %s', async (_size, _over, more, winner) => {
    const trip = conflicting(more);
    await trip.export();
    expect(outcomesOf(await trip.apply({ onConflict: 'larger' }))).toEqual({ conflict: 1 });
    expect(trip.after().fileDigests.get(1)).toBe(sha256(winner));
    expect(trip.violations({ replaced: new Set([1]) })).toEqual([]);
  });

  test('larger never goes back to a smaller one', async () => {
    const sized = (size: 'xl' | 'xxl') => ({
      ...remote,
      url: siteUrl(SITE_ID, { server: 2, size }),
      file: uniqueJpeg(size, 3_000),
    });
    const trip = conflicting(sized('xxl'));
    await trip.export();
    await trip.apply({ onConflict: 'larger' });
    const second = exchange(folder('second'), { images: [sized('xl')] }, { images: [] });
    await second.export();
    const { outcomes, largerAvailable } = await applyTo(trip.receiver, second.bundle, {
      onConflict: 'larger',
    });
    expect([outcomes.conflict, largerAvailable]).toEqual([1, 0]);
    expect(trip.after().fileDigests.get(1)).toBe(sha256(uniqueJpeg('xxl', 3_000)));
  });

  test('a photo is as large as the largest copy of it, whatever the row says', async () => {
    const images = [
      { ...remote, url: siteUrl(SITE_ID, { server: 2, size: 'xl' }) },
      { ...remote, url: siteUrl(SITE_ID, { server: 2, size: 'xxl' }), file: HERE },
    ];
    const trip = exchange(folder(), { images }, { images: [local] });
    await trip.export();
    for (const _ of ['once', 'again']) {
      await trip.apply({ onConflict: 'larger' });
      expect(trip.after().fileDigests.get(1)).toBe(sha256(HERE));
    }
  });

  test('larger takes the largest of one bundle', async () => {
    for (const sizes of [['xl', 'xxl'] as const, ['xxl', 'xl'] as const]) {
      const images = sizes.map((size) => ({
        ...remote,
        url: siteUrl(SITE_ID, { server: 2, size }),
        file: uniqueJpeg(size, 3_000),
      }));
      const trip = exchange(folder(sizes.join()), { images }, { images: [local] });
      await trip.export();
      await trip.apply({ onConflict: 'larger' });
      expect(trip.after().fileDigests.get(1)).toBe(sha256(uniqueJpeg('xxl', 3_000)));
    }
  });

  test('take-remote takes the first of two that disagree, and lets it be from then on', async () => {
    const other = { ...remote, url: siteUrl(SITE_ID, { server: 3 }), file: uniqueJpeg('other', 3_000) };
    for (const receiver of [[local], [{ ...local, siteImageId: 4 }]]) {
      const trip = exchange(
        folder(`${receiver[0]!.siteImageId}`),
        { images: [remote, other] },
        { images: receiver },
      );
      await trip.export();
      await trip.apply({ onConflict: 'take-remote' });
      const [files, rows] = [fileTree(trip.receiver.photoFolder), dumpWithoutBooks(trip.receiver.dir)];
      expect([...trip.after().fileDigests.values()]).toContain(sha256(THERE));
      const again = await trip.apply({ onConflict: 'take-remote' });
      expect(again).toMatchObject({ operationId: null, bytesWritten: 0 });
      expect(fileTree(trip.receiver.photoFolder)).toEqual(files);
      expect(dumpWithoutBooks(trip.receiver.dir)).toEqual(rows);
    }
  });

  test('take-remote points the row to a new file and leaves the old one where it is', async () => {
    const trip = conflicting({ url: siteUrl(SITE_ID, { server: 2 }) });
    const old = trip.receiver.images[0]!;
    await trip.export();
    expect(outcomesOf(await trip.apply({ onConflict: 'take-remote' }))).toEqual({ conflict: 1 });
    const after = trip.after();
    expect(after.images.size).toBe(1);
    expect(after.images.get(1)?.['sha256_hash']).toBe(sha256(THERE));
    expect(after.fileDigests.get(1)).toBe(sha256(THERE));
    expect(existsSync(old.filePath!)).toBe(true);
    expect(trip.violations({ replaced: new Set([1]) })).toEqual([]);
    const journal = rowsOf(
      trip.receiver.dir,
      `SELECT old FROM indabundle_journal WHERE "table" = 'images' AND "column" = 'local_path'`,
    );
    expect(journal).toEqual([{ old: old.localPath }]);
  });

  test('keep-both makes a second row', async () => {
    const trip = conflicting();
    await trip.export();
    expect(outcomesOf(await trip.apply({ onConflict: 'keep-both' }))).toEqual({ conflict: 1 });
    const after = trip.after();
    expect([after.fileDigests.get(1), after.fileDigests.get(2)]).toEqual([sha256(HERE), sha256(THERE)]);
    expect(trip.violations({ keepBoth: true })).toEqual([]);
  });

  test('keep-both is a reported conflict where url is UNIQUE and taken', async () => {
    const trip = conflicting({ url: siteUrl(SITE_ID, { uploader: 1 }) }, 'upgraded');
    await trip.export();
    await trip.apply({ onConflict: 'keep-both' });
    expect(trip.after().images.size).toBe(2);

    const same = exchange(
      folder('same'),
      { images: [{ ...remote, url: siteUrl(SITE_ID) }] },
      { schema: 'upgraded', images: [{ ...local, url: siteUrl(SITE_ID) }] },
    );
    const files = fileTree(same.receiver.photoFolder);
    await same.export();
    expect(outcomesOf(await same.apply({ onConflict: 'keep-both' }))).toEqual({ conflict: 1 });
    expect(same.after().images.size).toBe(1);
    expect(fileTree(same.receiver.photoFolder)).toEqual(files);
    expect(same.violations()).toEqual([]);
    const dump = databaseDump(same.receiver.dir);
    const again = await same.apply({ onConflict: 'keep-both', backup: true });
    expect([again.operationId, again.backupPath]).toEqual([null, null]);
    expect(databaseDump(same.receiver.dir)).toEqual(dump);
  });

  test.each(['keep-local', 'larger', 'take-remote', 'keep-both'] as const)(
    'applying again with %s changes nothing',
    async (onConflict) => {
      const trip = conflicting();
      await trip.export();
      await trip.apply({ onConflict });
      const [files, dump] = [fileTree(trip.receiver.dir), databaseDump(trip.receiver.dir)];
      const again = await trip.apply({ onConflict, backup: true });
      expect([again.operationId, again.backupPath, again.bytesWritten]).toEqual([null, null, 0]);
      expect(databaseDump(trip.receiver.dir)).toEqual(dump);
      expect(fileTree(trip.receiver.dir)).toEqual(files);
    },
  );

  test('kept at first, it can be taken later with the same bundle', async () => {
    const trip = conflicting();
    await trip.carry();
    expect(outcomesOf(await trip.apply({ onConflict: 'take-remote' }))).toEqual({ conflict: 1 });
    expect(trip.after().fileDigests.get(1)).toBe(sha256(THERE));
  });

  test('several conflicting rows: the lowest id is the one that is told', async () => {
    const images = [local, { ...local, file: uniqueJpeg('third', 2_200) }];
    const trip = exchange(folder(), { images: [remote] }, { images });
    await trip.export();
    await trip.apply({ onConflict: 'take-remote' });
    expect(trip.after().fileDigests.get(1)).toBe(sha256(THERE));
    expect(trip.violations({ replaced: new Set([1]) })).toEqual([]);
  });

  test('the report names it with its outcome', async () => {
    const trip = conflicting();
    const report = join(folder(), 'report.csv');
    await trip.export();
    await trip.apply({ report });
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(report, 'utf8')).toMatch(/^1,conflict,1,/m);
  });
});
