import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { PartFile } from '../../src/bundle/part-file.ts';
import { CatalogReader } from '../../src/catalog-file/catalog-reader.ts';
import { CatalogWriter } from '../../src/catalog-file/catalog-writer.ts';
import type { CatalogImage } from '../../src/catalog-file/types.ts';
import { inFolder, lacks, run } from '../bundle/programs.ts';

const HEAD = {
  format: { name: 'indacatalog', version: 1, capabilities: [] },
  created: '2026-03-14T10:15:00Z',
  generator: { name: 'indabundle', version: '0.0.0' },
  source: { label: 'Anna képei' },
} as const;

async function write(path: string, images: readonly CatalogImage[]): Promise<number> {
  const sink = await PartFile.open(path);
  const writer = new CatalogWriter(sink);
  await writer.begin({ ...HEAD, images: images.length });
  for (const image of images) await writer.add(image);
  await writer.end();
  await sink.finish();
  return writer.bytes;
}

async function read(path: string): Promise<CatalogImage[]> {
  const reader = await CatalogReader.open(path);
  const images: CatalogImage[] = [];
  try {
    for await (const group of reader.groups()) images.push(...group);
  } finally {
    await reader.close();
  }
  return images;
}

/** A number that looks random and is the same every time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** As a crawler's archive has them: site ids far apart, a few thousand authors, photos of all sizes. */
function realLooking(count: number): CatalogImage[] {
  const roll = dice(7);
  const images: CatalogImage[] = [];
  let site = 1000;
  for (let row = 0; row < count; row += 1) {
    site += 1 + roll(500);
    const lost = roll(200) === 0;
    images.push({
      site,
      url: null,
      pageUrl: null,
      digest: digestOf(`picture ${row}`),
      here: !lost,
      size: lost ? null : 40_000 + roll(1000) * roll(3000),
      rank: 1 + roll(3),
      author: `szerző ${Math.floor(row / 60) % 40 === 0 ? roll(3000) : Math.floor(row / 20)}`,
    });
  }
  return images;
}

const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((value) => value.isWellFormed() && !value.includes('\0'));
const image = fc.record({
  url: fc.option(text),
  pageUrl: fc.option(text),
  digest: fc.option(fc.nat().map((number) => digestOf(String(number)))),
  here: fc.boolean(),
  size: fc.option(fc.maxSafeNat()),
  rank: fc.nat({ max: 3 }),
  author: fc.option(text),
});
const images = fc
  .array(fc.tuple(image, fc.option(fc.nat({ max: 999_999_999_999_999 }))), { maxLength: 40 })
  .map((rows) =>
    [...rows]
      .sort((a, b) => (a[1] ?? Infinity) - (b[1] ?? Infinity) || 0)
      .map(([row, site]): CatalogImage => ({ ...row, site })),
  );

describe('a catalogue', () => {
  test('comes back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(images, (rows) =>
        inFolder(async (folder) => {
          const path = join(folder, 'a.indacatalog');
          await write(path, rows);
          expect(await read(path)).toEqual(rows);
        }),
      ),
      { numRuns: 60 },
    );
  });

  test('takes at most 42 bytes an image', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      const bytes = await write(path, realLooking(100_000));
      expect(bytes / 100_000).toBeLessThan(42);
      expect((await read(path)).length).toBe(100_000);
    });
  });

  test(`is a whole zstd file${lacks('zstd')}`, async (context) => {
    if (lacks('zstd')) context.skip();
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      await write(path, realLooking(500));
      run('zstd', ['-t', '--format=zstd', path]);
      expect(run('sh', ['-c', `zstd -dc < '${path}' | head -c 2000 | strings`])).toContain('indacatalog');
    });
  });
});

describe('a catalogue that is not whole is refused', () => {
  const rows = realLooking(300);

  test('cut anywhere', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      const cut = join(folder, 'cut.indacatalog');
      await write(path, rows);
      const bytes = readFileSync(path);
      for (let length = 0; length < bytes.length; length += length < 400 ? 1 : 97) {
        writeFileSync(cut, bytes.subarray(0, length));
        await expect(read(cut), `${length} of ${bytes.length} bytes`).rejects.toMatchObject({
          code: 'not-a-catalog',
        });
      }
    });
  });

  test('with a byte changed anywhere', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      const changed = join(folder, 'changed.indacatalog');
      await write(path, rows.slice(0, 20));
      const bytes = readFileSync(path);
      for (let at = 0; at < bytes.length; at += 1) {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 0x10;
        writeFileSync(changed, copy);
        await expect(read(changed), `byte ${at}`).rejects.toMatchObject({ code: 'not-a-catalog' });
      }
    });
  });

  test('with anything behind its end, or a second one', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      await write(path, rows);
      const bytes = readFileSync(path);
      for (const more of [Buffer.from('x'), bytes]) {
        writeFileSync(path, Buffer.concat([bytes, more]));
        const params = { reason: 'more bytes behind its end' };
        await expect(read(path)).rejects.toMatchObject({ code: 'not-a-catalog', params });
      }
    });
  });
});
