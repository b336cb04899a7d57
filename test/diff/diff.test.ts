import { renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ArchiveSpec, buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { Diff, diff, type Event, exportBundle, verifyBundle, writeCatalog } from '../../src/index.ts';
import { rowsOf } from '../support/database-dump.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const image = (number: number, more: object = {}) => ({
  siteImageId: number,
  author: `Szerző ${number % 3}`,
  file: uniqueJpeg(number, 2000),
  ...more,
});

const archive = (name: string, images: ArchiveSpec['images']): BuiltArchive =>
  buildArchive(folder(name), { schema: 'today', images });

/** Two archives: 1-4 the same, 5 and 6 only in A, 7 only in B, 8 with another photo, 9 lost in B, 10 without digest in B. */
function twoArchives(): { a: string; b: string } {
  const numbers = [1, 2, 3, 4];
  const a = archive(
    'a',
    [...numbers, 5, 6, 8, 9, 10].map((number) => image(number)),
  );
  const b = archive('b', [
    ...numbers.map((number) => image(number)),
    image(7),
    image(8, { file: uniqueJpeg('other', 3000) }),
    image(9, { file: 'missing' }),
    image(10, { digest: null }),
  ]);
  return { a: a.databasePath, b: b.databasePath };
}

const NUMBERS = {
  same: 4,
  onlyA: { images: 2, bytes: 4000 },
  onlyB: { images: 1, bytes: 2000 },
  photoOnlyA: { images: 1, bytes: 2000 },
  photoOnlyB: { images: 0, bytes: 0 },
  other: 1,
  unknown: 1,
};

describe('what one side has that the other has not', () => {
  test('of two archives, in numbers', async () => {
    const { a, b } = twoArchives();
    const result = await diff({ a, b });
    expect(result).toMatchObject(NUMBERS);
    expect(result.a).toEqual({ path: a, kind: 'database', label: null, images: 9, photos: 9 });
    const { onlyA, onlyB, photoOnlyA, photoOnlyB } = NUMBERS;
    expect(await diff({ a: b, b: a })).toMatchObject({
      ...NUMBERS,
      onlyA: onlyB,
      onlyB: onlyA,
      photoOnlyA: photoOnlyB,
      photoOnlyB: photoOnlyA,
    });
  });

  test('a bundle that was cut short has only what is left of it', async () => {
    const { a, b } = twoArchives();
    const bundle = join(folder(), 'cut.indabundle');
    await exportBundle({ db: a, selection: { kind: 'all' }, output: bundle });
    const { size } = statSync(bundle);
    truncateSync(bundle, size - 9000);
    const notices: string[] = [];
    const observer = (event: Event) => void (event.type === 'notice' && notices.push(event.notice));
    const result = await diff({ a: bundle, b, observer });
    const { lostTotal } = await verifyBundle({ input: bundle });
    expect(lostTotal).toBeGreaterThan(0);
    expect(result.a).toMatchObject({ images: 9, photos: 9 - lostTotal });
    expect(notices).toContain('bundle-damaged');
  });

  test('of an archive and itself: nothing', async () => {
    const { a } = twoArchives();
    const nothing = { images: 0, bytes: 0 };
    expect(await diff({ a, b: a })).toMatchObject({
      same: 9,
      onlyA: nothing,
      onlyB: nothing,
      photoOnlyA: nothing,
      photoOnlyB: nothing,
      other: 0,
      unknown: 0,
    });
  });

  test('of catalogues, bundles under any name, volumes and unpacked folders alike', async () => {
    const { a, b } = twoArchives();
    const catalog = join(folder(), 'b.indacatalog');
    await writeCatalog({ db: b, output: catalog, label: 'Anna' });
    const bundle = join(folder(), 'a.tar.zst');
    await exportBundle({ db: a, selection: { kind: 'all' }, output: bundle, label: 'Éva' });
    await exportBundle({ db: a, selection: { kind: 'all' }, output: folder('series'), volumeSize: 64_000 });
    const viaCatalog = await diff({ a, b: catalog });
    expect(viaCatalog).toMatchObject({ ...NUMBERS, b: { kind: 'catalog', label: 'Anna' } });
    expect(await diff({ a: bundle, b })).toMatchObject({
      ...NUMBERS,
      a: { kind: 'bundle', label: 'Éva', images: 9, photos: 9 },
    });
    expect(await diff({ a: folder('series'), b: catalog })).toMatchObject({
      ...NUMBERS,
      a: { kind: 'series', images: 9 },
    });
    renameSync(catalog, join(folder(), 'b.indabundle'));
    expect(await diff({ a: bundle, b: join(folder(), 'b.indabundle') })).toMatchObject(NUMBERS);
  });

  test('as a list, in the order of the sides', async () => {
    const { a, b } = twoArchives();
    const comparison = await Diff.open({ a, b });
    const list = [...comparison.differences()].map(
      ({ side, kind, image: { site } }) => `${side} ${kind} ${site}`,
    );
    expect(list).toEqual(['a only 5', 'a only 6', 'a other 8', 'a photo 9', 'a unknown 10', 'b only 7']);
    comparison.close();
  });

  test('a photo that the sender had to leave out is not in the bundle', async () => {
    const built = archive('gaps', [image(1), image(2)]);
    const output = join(folder(), 'gaps.indabundle');
    const [lost] = rowsOf<{ path: string }>(built.dir, 'SELECT local_path AS path FROM images WHERE id = 2');
    // It goes between the plan and the packing.
    const observer = (event: Event) => {
      if (event.type === 'phase' && event.phase === 'pack') rmSync(join(built.dir, lost!.path));
    };
    await exportBundle({ db: built.databasePath, selection: { kind: 'all' }, output, observer });
    expect(await diff({ a: output, b: built.databasePath })).toMatchObject({
      a: { images: 2, photos: 1 },
      same: 2,
    });
  });

  test('what is neither is told, and nothing is left open', async () => {
    const { a } = twoArchives();
    writeFileSync(join(folder(), 'text.txt'), 'hello');
    await expect(diff({ a, b: join(folder(), 'text.txt') })).rejects.toMatchObject({ code: 'not-a-remote' });
    await expect(diff({ a, b: join(folder(), 'nothing') })).rejects.toMatchObject({
      code: 'input-not-found',
    });
    writeFileSync(join(folder(), 'zstd'), Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4]));
    await expect(diff({ a, b: join(folder(), 'zstd') })).rejects.toMatchObject({ code: 'not-a-catalog' });
    rmSync(join(folder(), 'zstd'));
  });
});
