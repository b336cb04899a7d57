import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import type { Event } from '../../src/index.ts';
import { changeDatabase } from '../support/database-dump.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const PICTURE = uniqueJpeg('picture', 2_000);
const OTHER = uniqueJpeg('other', 2_500);
const IMAGE: ImageSpec = { siteImageId: 1_581_205, author: 'Anna', file: PICTURE, tags: ['tó'] };

/** What the crawler does when it comes to the same page while a bundle is applied. */
function crawl({ receiver }: Exchange, file: Buffer | null): void {
  const path = file === null ? 'NULL' : `'indafoto_archive/Anna/0/crawled.jpg'`;
  const digest = file === null ? 'NULL' : `'${sha256(file)}'`;
  if (file !== null) writeFileSync(join(receiver.photoFolder, 'Anna', '0', 'crawled.jpg'), file);
  const url = siteUrl(1_581_205, { server: 3, size: 'l' });
  changeDatabase(
    receiver.dir,
    `INSERT INTO images (url, local_path, sha256_hash, author, title) VALUES ('${url}', ${path}, ${digest}, 'Anna', 'A crawleré')`,
  );
}

/** Carries the image, and lets the crawler in when its file is written but not yet booked. */
async function carryWhile(
  file: Buffer | null,
): Promise<{ trip: Exchange; outcomes: Record<string, number> }> {
  const trip = exchange(
    folder(),
    { images: [IMAGE, { author: 'Béla' }] },
    { images: [{ author: 'Anna', siteImageId: 7 }] },
  );
  await trip.export();
  let crawled = false;
  const observer = (event: Event) => {
    if (crawled || event.type !== 'progress' || event.item === undefined) return;
    crawled = true;
    crawl(trip, file);
  };
  const outcomes = outcomesOf(await trip.apply({ observer }));
  expect(crawled).toBe(true);
  return { trip, outcomes };
}

describe('a picture that the crawler adds in the middle of an apply', () => {
  test.each<[string, Buffer | null, Record<string, number>, Buffer]>([
    ['with the same bytes is present', PICTURE, { present: 1, added: 1 }, PICTURE],
    ['with other bytes is a conflict', OTHER, { conflict: 1, added: 1 }, OTHER],
    ['without a file is restored', null, { restored: 1, added: 1 }, PICTURE],
  ])('%s', async (_, file, expected, kept) => {
    const { trip, outcomes } = await carryWhile(file);
    expect(outcomes).toEqual(expected);
    const after = trip.after();
    const rows = [...after.images].filter(([, row]) => String(row['url']).includes('1581205'));
    expect(rows.map(([, row]) => row['title'])).toEqual(['A crawleré']);
    expect(after.fileDigests.get(rows[0]![0])).toBe(sha256(kept));
    expect(after.links.filter(({ imageId }) => imageId === rows[0]![0])).toMatchObject([{ key: 'tó' }]);
    expect(trip.violations()).toEqual([]);
    const named = [...after.images.values()].map((row) => String(row['local_path']));
    const files = [...fileTree(trip.receiver.dir).keys()].filter((name) =>
      name.startsWith('indafoto_archive'),
    );
    expect(files.toSorted()).toEqual(named.toSorted());
  });

  test('leaves nothing behind, even if the apply dies before it could tidy up', async () => {
    const trip = exchange(folder(), { images: [IMAGE, { ...IMAGE, file: OTHER }] }, { images: [] });
    await trip.export();
    const { default: fs } = await import('node:fs/promises');
    const { syncBuiltinESMExports } = await import('node:module');
    const { rm } = fs;
    fs.rm = (path, options) => {
      if (String(path).endsWith('.jpg')) return Promise.reject(new Error('the power is gone'));
      return rm(path, options);
    };
    syncBuiltinESMExports();
    try {
      await expect(trip.apply()).rejects.toThrow('the power is gone');
    } finally {
      fs.rm = rm;
      syncBuiltinESMExports();
    }
    expect(outcomesOf(await trip.apply())).toEqual({ present: 1, conflict: 1 });
    expect(
      readdirSync(trip.receiver.photoFolder, { recursive: true, withFileTypes: true }).filter((item) =>
        item.isFile(),
      ),
    ).toHaveLength(1);
  });
});
