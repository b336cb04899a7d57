import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { databaseDump, rowsOf } from '../support/database-dump.ts';
import { applyTo, exportAll } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const SAME = uniqueJpeg('same');

/** The fixtures make titles of row ids: the same picture must not differ from one archive to another. */
const image = (spec: ImageSpec): ImageSpec => ({ title: null, description: null, ...spec });
const BARE = image({ url: null, pageUrl: null, file: SAME, author: null });

/** What three people have: the same pictures under other addresses, and more or less known of them. */
const SENDERS: readonly (readonly ImageSpec[])[] = [
  [
    image({ siteImageId: 1, author: 'Anna', title: 'Naplemente', tags: ['tó'] }),
    image({ siteImageId: 2, author: 'Béla', albums: [{ id: '1', title: 'Első' }] }),
    image({ siteImageId: 3, file: SAME, author: 'Anna' }),
  ],
  [
    image({ siteImageId: 1, author: 'Anna', url: siteUrl(1, { server: 2, size: 'xl' }), tags: ['nyár'] }),
    image({ siteImageId: 2, author: 'Béla', title: 'Béla képe', collections: [{ id: '1', title: 'Első' }] }),
    image({ siteImageId: 4, file: SAME, author: 'Cili' }),
    BARE,
  ],
  [
    image({ siteImageId: 1, author: 'Anna', description: 'A parton.' }),
    image({ url: 'https://example.org/egy.jpg', siteImageId: 5, author: 'Anna' }),
    image({
      url: 'https://example.org/egy.jpg',
      pageUrl: null,
      file: uniqueJpeg(5),
      title: 'saját',
      author: 'Anna',
    }),
    BARE,
  ],
];

function* ordersOf<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries())
    for (const rest of ordersOf(items.toSpliced(at, 1))) yield [item, ...rest];
}

/** Everything but ids, numbers in file names, and which of the addresses of one picture came first. */
function pictures(dir: string): unknown {
  const { images, fileDigests, links } = readArchive(dir);
  const described = [...images].map(([id, row]) => {
    const site = /\/(\d+)_[0-9a-f]{32}_\w+\.jpg$/.exec(String(row['url']))?.[1];
    const names = links.filter(({ imageId }) => imageId === id).map(({ kind, key }) => `${kind} ${key}`);
    const { title, description, author, sha256_hash } = row;
    return JSON.stringify([
      site ?? row['url'],
      title,
      description,
      author,
      sha256_hash,
      fileDigests.get(id),
      names.toSorted(),
    ]);
  });
  return described.toSorted();
}

async function bundles(): Promise<string[]> {
  return await Promise.all(
    SENDERS.map(async (images, at) => {
      const sender = buildArchive(folder(`sender ${at}`), { schema: 'today', images: [...images] });
      const bundle = join(folder(), `${at}.indabundle`);
      await exportAll(sender, bundle);
      return bundle;
    }),
  );
}

describe('bundles of several people', () => {
  test.each(['today', 'upgraded', 'oldest'] as const)('come to the same in any order: %s', async (schema) => {
    const results: unknown[] = [];
    for (const order of ordersOf(await bundles())) {
      const receiver = buildArchive(folder(`receiver ${results.length}`), {
        schema,
        images: [{ siteImageId: 9 }],
      });
      for (const bundle of order) await applyTo(receiver, bundle);
      results.push(pictures(receiver.dir));
    }
    expect(results).toHaveLength(6);
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  test('come to the same however often each of them is applied', async () => {
    const receiver = buildArchive(folder('receiver'), { schema: 'today', images: [{ siteImageId: 9 }] });
    const all = await bundles();
    for (const bundle of all) await applyTo(receiver, bundle);
    const [dump, files] = [databaseDump(receiver.dir), fileTree(receiver.dir)];
    for (const bundle of [...all, ...all.toReversed()]) await applyTo(receiver, bundle, { backup: true });
    expect(databaseDump(receiver.dir)).toEqual(dump);
    expect(fileTree(receiver.dir)).toEqual(files);
    expect(rowsOf(receiver.dir, 'SELECT status FROM sync_operations')).toEqual(
      Array(3).fill({ status: 'completed' }),
    );
  });
});
