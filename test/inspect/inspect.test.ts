import fs, { createReadStream, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { hardArchive } from '../../fixtures/hard-values.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { inspectBundle, listBundle, verifyBundle } from '../../src/index.ts';
import { indexOf, recordsIn } from '../support/bundle-contents.ts';
import { exportAll } from '../support/exchange.ts';
import { missing, run, why } from '../support/real-programs.ts';
import { makeScratch, scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const shared = makeScratch();
const MIB = 1024 * 1024;
const LAKE = { id: '104777', title: 'Balaton' };
let archive: BuiltArchive;
let bundle = '';
let large = '';

beforeAll(async () => {
  bundle = join(shared(), 'trip.indabundle');
  large = join(shared(), 'large.indabundle');
  const images = [
    {
      author: 'Anna',
      tags: ['tó', 'nyár'],
      albums: [LAKE],
      license: 'CC BY 2.5 HU',
      taken: '2009-08-20 21:05',
    },
    { author: 'Anna', tags: ['tó'], albums: [LAKE], license: 'Unknown', taken: null, upload: '2012-01-31' },
    { author: 'Béla', tags: ['Tó'], collections: [LAKE], license: 'Unknown', taken: 'tegnap', upload: null },
    { author: 'Cili', file: 'missing', taken: '1980-01-01' },
  ] as const;
  const authorDetails = [{ author: 'Anna', bio: 'Fényképez.' }];
  archive = buildArchive(join(shared(), 'sender'), { schema: 'today', images, authorDetails });
  await exportAll(archive, bundle, {
    label: 'Nagyi gépe',
    exportId: 'f00d',
    created: '2026-03-14T10:15:00Z',
  });
  const pictures = Array.from({ length: 12 }, (_, at) => ({ file: uniqueJpeg(at, 4 * MIB) }));
  await exportAll(buildArchive(join(shared(), 'large'), { schema: 'today', images: pictures }), large);
});
afterAll(() => rmSync(shared(), { recursive: true }));

/** Bytes that are read from files while something is done. */
async function bytesReadBy(work: () => Promise<unknown>): Promise<number> {
  const probe = await open(bundle);
  const files = Object.getPrototypeOf(probe) as { read: typeof probe.read };
  await probe.close();
  const { read } = files;
  let bytes = 0;
  files.read = async function counting(this: unknown, ...args: unknown[]) {
    const result = (await Reflect.apply(read, this, args)) as { bytesRead: number };
    bytes += result.bytesRead;
    return result;
  } as typeof read;
  const { readSync, readvSync } = fs;
  const counted =
    (readNow: (...args: never[]) => number) =>
    (...args: unknown[]) => {
      const bytesRead = Reflect.apply(readNow, fs, args) as number;
      bytes += bytesRead;
      return bytesRead;
    };
  Object.assign(fs, { readSync: counted(readSync), readvSync: counted(readvSync) });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    files.read = read;
    Object.assign(fs, { readSync, readvSync });
    syncBuiltinESMExports();
  }
  return bytes;
}

describe('the summary', () => {
  test('says what was packed, by whom, when, and what was left out', async () => {
    const { manifest, end, findings, bundleBytes, bundleId } = await inspectBundle({ input: bundle });
    expect(findings).toEqual([]);
    expect(bundleBytes).toBe(statSync(bundle).size);
    expect(manifest).toMatchObject({
      source: { label: 'Nagyi gépe' },
      export_id: 'f00d',
      created: '2026-03-14T10:15:00Z',
      totals: { records: 3, files: 3 },
      summary: {
        authors: {
          count: 2,
          top: [
            { name: 'Anna', images: 2 },
            { name: 'Béla', images: 1 },
          ],
        },
        albums: { count: 1, top: [{ name: 'Balaton', images: 2 }] },
        collections: { count: 1, top: [{ name: 'Balaton', images: 1 }] },
        tags: { count: 3 },
        licenses: {
          count: 2,
          top: [
            { name: 'Unknown', images: 2 },
            { name: 'CC BY 2.5 HU', images: 1 },
          ],
        },
        dates: { from: '2009-08-20', to: '2012-01-31' },
      },
    });
    expect(end).toMatchObject({ files: 3, omitted: { missing: 1 } });
    expect(bundleId).toMatch(/^[0-9a-f]{64}$/);
  });

  test('agrees with what verify counts', async () => {
    const hard = buildArchive(folder('hard'), { schema: 'today', ...hardArchive() });
    const path = join(folder(), 'hard.indabundle');
    await exportAll(hard, path);
    const inspected = await inspectBundle({ input: path });
    const verified = await verifyBundle({ input: path });
    expect(inspected.manifest).toEqual(verified.manifest);
    expect(inspected.bundleId).toBe(verified.bundleId);
    expect(inspected.manifest.totals.records).toBe(verified.records);
    expect(inspected.end?.files).toBe(verified.files);
    const omitted = Object.values(inspected.end!.omitted).reduce((sum, count) => sum + count, 0);
    expect(omitted).toBe(verified.findings.filter(({ code }) => code === 'file-omitted').length);
    const packed = (await indexOf(path)).filter((line) => 'path' in line);
    expect(packed.reduce((sum, line) => sum + line.size, 0)).toBe(verified.payloadBytes);
  });

  test('is there from head and tail alone, however large the bundle is', async () => {
    expect(statSync(large).size).toBeGreaterThan(45 * MIB);
    expect(await bytesReadBy(() => inspectBundle({ input: large }))).toBeLessThan(2 * MIB);
    expect(await bytesReadBy(() => indexOf(large))).toBeLessThan(2 * MIB);
    expect(await bytesReadBy(() => recordsIn(large))).toBeLessThan(2 * MIB);
    expect(await bytesReadBy(() => verifyBundle({ input: large, threads: 1 }))).toBeGreaterThan(45 * MIB);
  });

  test('is there from a stream, but for what only the tail knows', async () => {
    const { manifest, end, bundleBytes } = await inspectBundle({ input: createReadStream(bundle) });
    expect([manifest.totals.records, end, bundleBytes]).toEqual([3, null, null]);
  });

  test('says when the tail is missing', async () => {
    const cut = join(folder(), 'cut.indabundle');
    writeFileSync(cut, readFileSync(bundle));
    truncateSync(cut, statSync(cut).size - 1);
    const { manifest, end, findings } = await inspectBundle({ input: cut });
    expect([manifest.totals.records, end]).toEqual([3, null]);
    expect(findings).toMatchObject([{ code: 'truncated' }]);
  });

  test.each([
    ['a bundle with a damaged beginning', () => readFileSync(bundle), 'head-damaged'],
    ['a file of another kind', () => Buffer.alloc(9_000, 'x'), 'not-a-bundle'],
  ])('is not there in %s, and the reason is told', async (_, bytes, code) => {
    const broken = join(folder(), 'broken.indabundle');
    const content = bytes();
    content[300]! ^= 4;
    writeFileSync(broken, content);
    await expect(inspectBundle({ input: broken })).rejects.toMatchObject({ code, exitStatus: 4 });
  });
});

const tools = missing('tar', 'zstd');

describe('the lists', () => {
  test('hold every record, author and file', async () => {
    const lists = await listBundle({ input: bundle });
    const authors = [];
    for await (const author of lists.authors()) authors.push(author);
    await lists.close();
    expect(authors).toMatchObject([{ author: 'Anna', details: { bio: 'Fényképez.' } }]);
    const records = await recordsIn(bundle);
    expect(records.map(({ image }) => image.author)).toEqual(['Anna', 'Anna', 'Béla']);
    expect(records[0]?.tags.map(({ name }) => name)).toEqual(['nyár', 'tó']);
    const digests = archive.images.slice(0, 3).map(({ digest }) => digest);
    expect(records.map(({ file }) => file?.digest)).toEqual(digests);
    const index = await indexOf(bundle);
    expect(index.slice(0, 3).map(({ digest }) => digest)).toEqual(digests);
    expect(index.slice(3)).toMatchObject([{ omitted: 'missing', digest: archive.images[3]!.digest }]);
  });

  test.skipIf(tools.length > 0)(`are the same from a folder and from a stream${why(tools)}`, async () => {
    const unpacked = folder('unpacked');
    run('tar', ['--zstd', '-xf', bundle, '-C', unpacked]);
    for (const list of [recordsIn, indexOf]) {
      expect(await list(unpacked)).toEqual(await list(bundle));
      expect(await list(createReadStream(bundle))).toEqual(await list(bundle));
    }
  });

  test('that damage made shorter end with an error, also from a stream', async () => {
    const bytes = readFileSync(bundle);
    const cut = join(folder(), 'cut.indabundle');
    for (const [length, list] of [
      [0, recordsIn],
      [0, indexOf],
      [600, recordsIn],
      [bytes.length - 2000, indexOf],
    ] as const) {
      writeFileSync(cut, bytes.subarray(0, length));
      await expect(list(cut)).rejects.toMatchObject({ exitStatus: 4 });
      await expect(list(createReadStream(cut))).rejects.toMatchObject({ exitStatus: 4 });
    }
  });
});
