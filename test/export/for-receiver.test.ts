import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import type { ExportOptions, ExportResult } from '../../src/index.ts';
import { recordsIn, titlesIn } from '../support/bundle-contents.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const IMAGE: ImageSpec = { siteImageId: 1_581_205, title: 'közös', author: 'Anna' };

const pair = (sender: readonly ImageSpec[], receiver: readonly ImageSpec[]): Exchange =>
  exchange(folder(), { images: sender }, { images: receiver });

const forReceiver = (trip: Exchange, more: Partial<ExportOptions> = {}): Promise<ExportResult> =>
  trip.export({ selection: { kind: 'for', database: trip.receiver.databasePath }, ...more });

describe('what another archive lacks', () => {
  test('is what is missing there, broken there, or otherwise there', async () => {
    const shared = (site: number, more: ImageSpec = {}) => ({
      siteImageId: site,
      title: String(site),
      ...more,
    });
    const trip = pair(
      [1, 2, 3, 4, 5, 6, 7].map((site) => shared(site)),
      [
        shared(1),
        shared(2, { file: null }),
        shared(3, { file: 'missing' }),
        shared(4, { file: uniqueJpeg('other', 3_000) }),
        shared(5, { digest: 'upper', url: siteUrl(5, { server: 2, size: 'xl' }) }),
        shared(6, { file: uniqueJpeg('damaged', 3_000), digest: 'stale' }),
      ],
    );
    const result = await forReceiver(trip);
    expect(await titlesIn(trip.bundle)).toEqual(['2', '3', '4', '6', '7']);
    expect(result.forReceiver).toEqual({ missing: 1, restore: 3, conflict: 1 });
    expect(outcomesOf(await trip.apply())).toEqual({ added: 1, restored: 3, conflict: 1 });
  });

  test.each<[string, ImageSpec, ImageSpec]>([
    ['the digest is NULL here', { digest: null }, {}],
    ['the digest is NULL there', {}, { digest: null }],
    ['both are NULL', { digest: null }, { digest: null }],
    ['the digest is stale there', {}, { digest: 'stale' }],
    ['the file is gone here, and there it is whole', { file: 'missing' }, {}],
    ['the file is gone here, and its digest NULL', { file: 'missing', digest: null }, {}],
    ['the download failed here', { file: null }, {}],
  ])('is nothing where both have the same bytes: %s', async (_, here, there) => {
    const trip = pair([{ ...IMAGE, ...here }], [{ ...IMAGE, ...there }]);
    const result = await forReceiver(trip);
    expect([result.records, result.omittedTotal]).toEqual([0, 0]);
    expect(result.forReceiver).toEqual({ missing: 0, restore: 0, conflict: 0 });
  });

  test('is told by the size where the file there was cut short', async () => {
    const trip = pair([IMAGE], [IMAGE]);
    truncateSync(trip.receiver.images[0]!.filePath!, 200);
    expect((await forReceiver(trip)).forReceiver).toEqual({ missing: 0, restore: 1, conflict: 0 });
  });

  test('is found where the paths of the sender have moved', async () => {
    const paths = ['1.jpg', '2.jpg'];
    const images = paths.map((name, at) => ({
      siteImageId: at + 1,
      title: name,
      file: 'missing' as const,
      localPath: `D:\\Képek\\${name}`,
    }));
    const trip = pair(images, [{ siteImageId: 1 }]);
    const disk = folder('new disk');
    paths.forEach((name, at) => writeFileSync(join(disk, name), uniqueJpeg(at + 1)));
    const result = await forReceiver(trip, { maps: [{ from: 'd:/képek', to: disk }] });
    expect(result).toMatchObject({ files: 1, omittedTotal: 0, forReceiver: { missing: 1, restore: 0 } });
    expect(await titlesIn(trip.bundle)).toEqual(['2.jpg']);
  });

  test('leaves the other archive as it is', async () => {
    const trip = exchange(
      folder(),
      { images: [IMAGE, {}] },
      { schema: 'today-without-wal', images: [IMAGE] },
    );
    const files = fileTree(trip.receiver.dir);
    await forReceiver(trip);
    expect(fileTree(trip.receiver.dir)).toEqual(files);
  });

  test('is seen in its WAL, too', async () => {
    const images = [1, 2, 3].map((site) => ({ siteImageId: site }));
    const trip = exchange(folder(), { images }, { images, wal: 'uncheckpointed' });
    expect(trip.receiver.walOnlyIds).toEqual([3]);
    expect((await forReceiver(trip)).records).toBe(0);
  });
});

describe('when only the database of the other was sent', () => {
  const withoutPhotos = async (sender: readonly ImageSpec[], receiver: readonly ImageSpec[]) => {
    const trip = pair(sender, receiver);
    rmSync(trip.receiver.photoFolder, { recursive: true });
    const notices: string[] = [];
    const result = await forReceiver(trip, {
      observer: (event) => event.type === 'notice' && notices.push(event.notice),
    });
    expect(notices).toContain('photo-folder-missing');
    return result;
  };

  test('what its rows say has to do', async () => {
    const shared = (site: number, more: ImageSpec = {}) => ({ siteImageId: site, ...more });
    const result = await withoutPhotos(
      [shared(1), shared(2), shared(3), shared(4), shared(5, { digest: 'upper' })],
      [shared(1, { digest: 'upper' }), shared(2, { file: null }), shared(3, { digest: 'stale' }), shared(5)],
    );
    expect(result.records).toBe(3);
    expect(result.forReceiver).toEqual({ missing: 1, restore: 1, conflict: 1 });
  });
});

describe('--metadata-updates', () => {
  test('adds what is known of the pictures that both have, without their files', async () => {
    const rich = { ...IMAGE, title: 'Cím', description: 'Leírás', tags: ['tó'] };
    const bare = { ...IMAGE, title: null, description: null };
    const trip = pair([rich, { title: 'új' }], [bare]);
    const result = await forReceiver(trip, { metadataUpdates: true });
    expect(result).toMatchObject({ records: 2, metadataOnlyRecords: 1, files: 1 });
    const record = (await recordsIn(trip.bundle)).find(({ image }) => image.title === 'Cím');
    expect(record?.file).toBeUndefined();
    expect(record?.image.sha256_hash).toBe(trip.sender.images[0]!.digest);
    expect(outcomesOf(await trip.apply())).toEqual({ present: 1, added: 1 });
    expect(trip.after().images.get(1)).toMatchObject({ title: 'Cím', description: 'Leírás' });
    expect(trip.violations()).toEqual([]);
  });
});
