import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { notAJpeg, uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { rowsOf } from '../support/database-dump.ts';
import { applyTo, exchange, exportAll, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const PICTURE = uniqueJpeg('picture', 2_000);
const OTHER = uniqueJpeg('other picture', 2_500);
const IMAGE: ImageSpec = { siteImageId: 1_581_205, author: 'Tóth Gábor', file: PICTURE };

const oneEach = (sender: ImageSpec, receiver: ImageSpec) =>
  exchange(folder(), { images: [sender] }, { images: [receiver] });

describe('an image that is not here', () => {
  test('is added, with its file, its row and its links', async () => {
    const image = { ...IMAGE, tags: ['tó'], albums: [{ id: '1' }], collections: [{ id: '1' }] };
    const trip = exchange(folder(), { images: [image] }, { images: [{}] });
    expect(outcomesOf(await trip.carry())).toEqual({ added: 1 });
    const after = trip.after();
    expect(after.images.get(2)).toMatchObject({ sha256_hash: sha256(PICTURE), author: 'Tóth Gábor' });
    expect(after.fileDigests.get(2)).toBe(sha256(PICTURE));
    expect(after.links.filter((link) => link.imageId === 2).map(({ kind }) => kind)).toHaveLength(3);
    expect(trip.violations()).toEqual([]);
  });

  test('stays away when its author is banned, byte for byte', async () => {
    const images = [IMAGE, { author: 'tóth gábor' }];
    const trip = exchange(folder(), { images }, { images: [{}], bannedAuthors: ['Tóth Gábor'] });
    const files = fileTree(trip.receiver.photoFolder);
    expect(outcomesOf(await trip.carry())).toEqual({ banned: 1, added: 1 });
    expect([...trip.after().images.values()].map((row) => row['author'])).not.toContain('Tóth Gábor');
    expect(fileTree(trip.receiver.photoFolder).size).toBe(files.size + 1);
  });

  test('is not made of metadata alone', async () => {
    const trip = exchange(folder(), { images: [IMAGE] }, { images: [{}] });
    const third = buildArchive(folder('third'), { schema: 'today', images: [IMAGE] });
    const selection = { kind: 'for', database: third.databasePath } as const;
    await trip.export({ selection, metadataUpdates: true });
    expect(outcomesOf(await trip.apply())).toEqual({ 'metadata-only': 1 });
    expect(trip.after().images.size).toBe(1);
  });

  test('is refused when its file is no picture, and the rest goes on', async () => {
    const html = { ...IMAGE, file: notAJpeg('html') };
    const trip = exchange(folder(), { images: [html, {}] }, { images: [] });
    const result = await trip.carry();
    expect(outcomesOf(result)).toEqual({ failed: 1, added: 1 });
    expect(result.failures[0]?.reason).toMatch(/not a picture/);
    expect(fileTree(trip.receiver.photoFolder).size).toBe(1);
    const [row] = rowsOf(
      trip.receiver.dir,
      `SELECT status, error_message FROM sync_files WHERE status = 'error'`,
    );
    expect(row?.['error_message']).toMatch(/not a picture/);
    expect(outcomesOf(await trip.apply({ allowTypes: ['any'] }))).toEqual({ added: 1, present: 1 });
  });
});

describe('an image that is here with the same bytes is present', () => {
  test.each<[string, ImageSpec]>([
    ['digest equal', {}],
    ['digest in upper case', { digest: 'upper' }],
    ['digest NULL', { digest: null }],
    ['digest stale', { digest: 'stale' }],
    ['digest no digest at all', { digest: 'nem hash' }],
  ])('%s', async (_, receiver) => {
    const trip = oneEach(IMAGE, { ...IMAGE, ...receiver });
    const files = fileTree(trip.receiver.photoFolder);
    expect(outcomesOf(await trip.carry())).toEqual({ present: 1 });
    expect(trip.violations()).toEqual([]);
    expect(fileTree(trip.receiver.photoFolder)).toEqual(files);
    expect(trip.after().images.get(1)?.['sha256_hash']).toBe(
      trip.receiver.images[0]?.digest ?? sha256(PICTURE),
    );
  });

  test('under another server and another size', async () => {
    const url = siteUrl(1_581_205, { server: 2, size: 'xxl' });
    const trip = oneEach({ ...IMAGE, url }, IMAGE);
    expect(outcomesOf(await trip.carry())).toEqual({ present: 1 });
    expect(trip.after().images.size).toBe(1);
    expect(trip.violations()).toEqual([]);
  });

  test('one of several rows is enough', async () => {
    const rows = [{ ...IMAGE, file: OTHER }, { ...IMAGE, file: null }, IMAGE];
    const trip = exchange(folder(), { images: [IMAGE] }, { images: rows });
    expect(outcomesOf(await trip.carry())).toEqual({ present: 1 });
    expect(trip.violations()).toEqual([]);
  });

  test('a damaged file of the right size is only seen when asked to look', async () => {
    const trip = oneEach(IMAGE, IMAGE);
    await trip.export();
    writeFileSync(trip.receiver.images[0]!.filePath!, Buffer.alloc(PICTURE.length, 1));
    expect(outcomesOf(await trip.apply())).toEqual({ present: 1 });
    expect(outcomesOf(await trip.apply({ checkLocal: true }))).toEqual({ restored: 1 });
    expect(trip.after().fileDigests.get(1)).toBe(sha256(PICTURE));
  });
});

describe('an image that is here without a usable file is restored', () => {
  test.each<[string, ImageSpec, ((file: string) => void)?]>([
    ['path and digest NULL', { file: null }],
    ['path empty', { file: 'missing', localPath: '' }],
    ['file gone', {}, (file) => rmSync(file)],
    ['file cut short', {}, (file) => truncateSync(file, 100)],
    ['file empty', {}, (file) => truncateSync(file, 0)],
    ['a folder in its place', { file: 'missing', localPath: 'indafoto_archive' }],
    ['file not matching its own digest', { file: OTHER, digest: 'stale' }],
  ])('%s', async (_, receiver, damage = () => {}) => {
    const trip = oneEach({ ...IMAGE, tags: ['tó'] }, { ...IMAGE, ...receiver });
    const { filePath } = trip.receiver.images[0]!;
    if (filePath) damage(filePath);
    expect(outcomesOf(await trip.carry())).toEqual({ restored: 1 });
    const after = trip.after();
    expect(after.images.size).toBe(1);
    expect(after.fileDigests.get(1)).toBe(sha256(PICTURE));
    expect(after.images.get(1)?.['sha256_hash']).toBe(sha256(PICTURE));
    expect(after.links).toEqual([{ kind: 'tag', imageId: 1, key: 'tó' }]);
  });

  test('the lowest id of several', async () => {
    const rows = [
      { ...IMAGE, file: OTHER },
      { ...IMAGE, file: null },
      { ...IMAGE, file: null },
    ] as const;
    const trip = exchange(folder(), { images: [IMAGE] }, { images: rows });
    expect(outcomesOf(await trip.carry())).toEqual({ restored: 1 });
    expect(trip.after().images.get(2)?.['sha256_hash']).toBe(sha256(PICTURE));
    expect(trip.after().images.get(3)?.['local_path']).toBeNull();
    expect(trip.violations()).toEqual([]);
  });
});

describe('which image it is', () => {
  test('without any address the bytes say it', async () => {
    const bare: ImageSpec = { url: null, pageUrl: null, file: PICTURE };
    const trip = oneEach(bare, { ...bare, author: 'más', digest: 'upper' });
    expect(outcomesOf(await trip.carry())).toEqual({ present: 1 });
  });

  test('two pages with the same bytes are two images with a file each', async () => {
    const images = [{ file: PICTURE }, { file: PICTURE }];
    const trip = exchange(folder(), { images }, { images: [] });
    expect(outcomesOf(await trip.carry())).toEqual({ added: 2 });
    const paths = [...trip.after().images.values()].map((row) => row['local_path']);
    expect(new Set(paths).size).toBe(2);
    expect([...trip.after().fileDigests.values()]).toEqual([sha256(PICTURE), sha256(PICTURE)]);
  });

  test('the same picture twice in one bundle is one image', async () => {
    const trip = exchange(folder(), { images: [IMAGE, { ...IMAGE, tags: ['két'] }] }, { images: [] });
    expect(outcomesOf(await trip.carry())).toEqual({ added: 1, present: 1 });
    expect(trip.after().images.size).toBe(1);
    expect(trip.after().links).toEqual([{ kind: 'tag', imageId: 1, key: 'két' }]);
    expect(fileTree(trip.receiver.photoFolder).size).toBe(1);
  });

  test('the same picture twice in one bundle with other bytes is a conflict with itself', async () => {
    const trip = exchange(folder(), { images: [IMAGE, { ...IMAGE, file: OTHER }] }, { images: [] });
    expect(outcomesOf(await trip.carry())).toEqual({ added: 1, conflict: 1 });
    expect(fileTree(trip.receiver.photoFolder).size).toBe(1);
    expect(outcomesOf(await trip.apply())).toEqual({ present: 1, conflict: 1 });
  });

  test('a picture of no bytes, where that is allowed, is present afterwards', async () => {
    const trip = exchange(folder(), { images: [{ file: notAJpeg('empty') }] }, { images: [] });
    expect(outcomesOf(await trip.carry({ allowTypes: ['any'] }))).toEqual({ added: 1 });
    const files = fileTree(join(trip.receiver.dir, 'indafoto_archive'));
    expect(outcomesOf(await trip.apply({ allowTypes: ['any'] }))).toEqual({ present: 1 });
    expect(fileTree(trip.receiver.photoFolder)).toEqual(files);
  });

  test('does not depend on which bundle comes first', async () => {
    const address = 'https://example.org/egy.jpg';
    const bare = { url: address, pageUrl: null, file: PICTURE };
    const whole = { url: address, siteImageId: 7, file: PICTURE };
    const bundles = await Promise.all(
      [bare, whole].map(async (image, at) => {
        const sender = buildArchive(folder(`sender ${at}`), { schema: 'today', images: [image] });
        await exportAll(sender, join(folder(), `${at}.indabundle`));
        return join(folder(), `${at}.indabundle`);
      }),
    );
    const sizes = [];
    for (const order of [bundles, bundles.toReversed()]) {
      const name = `receiver ${sizes.length}`;
      const receiver = buildArchive(folder(name), { schema: 'today', images: [] });
      for (const bundle of order) await applyTo(receiver, bundle);
      sizes.push(readArchive(receiver.dir).images.size);
    }
    expect(sizes).toEqual([1, 1]);
  });
});
