import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { notAJpeg, truncatedJpeg, uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import {
  type Event,
  type ExportOptions,
  type ExportResult,
  inspectBundle,
  verifyBundle,
} from '../../src/index.ts';
import { indexOf, recordsIn, titlesIn } from '../support/bundle-contents.ts';
import { rowsOf } from '../support/database-dump.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const trip = (...images: ImageSpec[]): Exchange => exchange(folder(), { images }, { images: [] });

/** Changes the sender's files after everything was planned and before any was read. */
async function exportWhile(
  carried: Exchange,
  change: (file: string) => void,
  more: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  return await carried.export({
    ...more,
    observer: (event) => {
      if (event.type === 'phase' && event.phase === 'pack') change(carried.sender.images[0]!.filePath!);
    },
  });
}

const reasonsOf = (result: ExportResult) => result.omitted.map(({ reason }) => reason);

const fifo = (file: string) => {
  rmSync(file, { force: true });
  execFileSync('mkfifo', [file]);
};

describe('a file that cannot be had when the export is planned', () => {
  test.each<[string, ImageSpec, (file: string) => void, string]>([
    ['gone', {}, (file) => rmSync(file), 'missing'],
    ['with its folder gone', {}, (file) => rmSync(dirname(file), { recursive: true }), 'missing'],
    [
      'below something that is no folder',
      { localPath: 'a/b.jpg' },
      (file) => {
        rmSync(dirname(file), { recursive: true });
        writeFileSync(dirname(file), '');
      },
      'missing',
    ],
    [
      'a folder',
      {},
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      'unreadable',
    ],
    ['a pipe', {}, fifo, 'unreadable'],
    ['empty', {}, (file) => writeFileSync(file, ''), 'mismatch'],
    ['gone, and its digest unknown', { digest: null }, (file) => rmSync(file), 'missing'],
  ])('%s: it is named and has no record', async (_, spec, damage, reason) => {
    const carried = trip({ ...spec, title: 'rossz' }, { title: 'jó' });
    damage(carried.sender.images[0]!.filePath!);
    const result = await carried.export();
    expect(result).toMatchObject({ records: 1, files: 1, omittedTotal: 1 });
    expect(result.omitted).toMatchObject([{ path: carried.sender.images[0]!.localPath, reason }]);
    expect(await titlesIn(carried.bundle)).toEqual(['jó']);
    expect((await indexOf(carried.bundle)).at(-1)).toMatchObject({ omitted: reason });
    expect((await verifyBundle({ input: carried.bundle })).verdict).toBe('omissions');
  });
});

describe('a file that changes before it is packed', () => {
  test.each<[string, (file: string) => void, string]>([
    ['other bytes', (file) => writeFileSync(file, uniqueJpeg('new', statSync(file).size)), 'changed'],
    ['other bytes, longer', (file) => writeFileSync(file, uniqueJpeg('new', 5_000)), 'changed'],
    ['cut short', (file) => writeFileSync(file, 'rövid'), 'changed'],
    ['gone', (file) => rmSync(file), 'missing'],
    ['a pipe', fifo, 'unreadable'],
  ])('%s: it is left out, named everywhere, and the rest is whole', async (_, change, reason) => {
    const carried = trip({ title: 'rossz' }, { title: 'jó' });
    const [spoiled] = carried.sender.images;
    utimesSync(spoiled!.filePath!, 1_300_000_000, 1_300_000_000);
    const result = await exportWhile(carried, change);
    expect(result).toMatchObject({ records: 2, files: 1, omittedTotal: 1, omittedByReason: { [reason]: 1 } });
    expect(result.omitted).toMatchObject([{ path: spoiled!.localPath, reason }]);
    expect((await indexOf(carried.bundle)).at(-1)).toMatchObject({
      omitted: reason,
      digest: spoiled!.digest,
    });
    expect((await inspectBundle({ input: carried.bundle })).end).toMatchObject({
      files: 1,
      omitted: { [reason]: 1 },
    });
    expect(await verifyBundle({ input: carried.bundle })).toMatchObject({ verdict: 'omissions', files: 1 });
    const applied = await carried.apply();
    expect(outcomesOf(applied)).toEqual({ added: 1, failed: 1 });
    expect(applied.failures[0]).toMatchObject({ record: 'rossz', reason: expect.stringContaining(reason) });
  });

  test('a large one, too', async () => {
    const carried = trip({ title: 'rossz', file: uniqueJpeg('large', 18 * 1024 * 1024) }, { title: 'jó' });
    const result = await exportWhile(carried, (file) =>
      writeFileSync(file, uniqueJpeg('new', 18 * 1024 * 1024)),
    );
    expect(result).toMatchObject({ files: 1, omittedTotal: 1 });
    expect((await verifyBundle({ input: carried.bundle })).verdict).toBe('omissions');
  });

  test('a file that never was what its digest says is a mismatch', async () => {
    const carried = trip({ title: 'rossz', digest: 'stale' }, { title: 'jó' });
    expect(reasonsOf(await carried.export())).toEqual(['mismatch']);
    expect(outcomesOf(await carried.apply())).toEqual({ added: 1, failed: 1 });
  });

  test('every row is named, where several have the content', async () => {
    const file = uniqueJpeg('same');
    const carried = trip({ file }, { file }, { title: 'jó' });
    const result = await exportWhile(carried, () => {
      for (const { filePath } of carried.sender.images.slice(0, 2)) rmSync(filePath!);
    });
    const paths = carried.sender.images.slice(0, 2).map(({ localPath }) => localPath);
    expect(new Set(result.omitted.map(({ path }) => path))).toEqual(new Set(paths));
    expect(result.omittedTotal).toBe(2);
    const books = rowsOf(
      carried.sender.dir,
      'SELECT image_id, status FROM sync_export_files ORDER BY image_id',
    );
    expect(books.map((row) => row['status'])).toEqual(['error', 'error', 'completed']);
  });
});

describe('a content that several rows have', () => {
  const file = uniqueJpeg('same');

  test('is served by any of them that has it', async () => {
    const carried = trip({ title: 'a', file }, { title: 'b', file }, { title: 'c', file });
    rmSync(carried.sender.images[0]!.filePath!);
    writeFileSync(carried.sender.images[1]!.filePath!, uniqueJpeg('damaged', file.length));
    const result = await carried.export();
    expect(result).toMatchObject({ records: 3, files: 1, omittedTotal: 0 });
    expect(outcomesOf(await carried.apply())).toEqual({ added: 3 });
  });

  test('is served by another of them that is there when the first is gone by then', async () => {
    const carried = trip({ title: 'a', file }, { title: 'b', file });
    const result = await exportWhile(carried, (path) => rmSync(path));
    expect(result).toMatchObject({ records: 2, files: 1, omittedTotal: 0 });
  });

  test('is told by reading where the sizes differ', async () => {
    const carried = trip({ title: 'a', file }, { title: 'b', file });
    writeFileSync(carried.sender.images[0]!.filePath!, file.subarray(0, 100));
    expect(await carried.export()).toMatchObject({ records: 2, files: 1, omittedTotal: 0 });
    expect((await verifyBundle({ input: carried.bundle })).verdict).toBe('whole');
  });
});

describe('digests', () => {
  const file = uniqueJpeg('picture', 3_000);

  test.each(['upper', null, '', 'nem hash'])('stated as %j travel as what they are', async (digest) => {
    const carried = trip({ file, digest });
    expect(await carried.export()).toMatchObject({ files: 1, omittedTotal: 0 });
    expect((await recordsIn(carried.bundle))[0]?.file?.digest).toBe(sha256(file));
  });

  test('that are stale are put right by --rehash, when the picture is whole', async () => {
    const carried = trip({ title: 'ép', file, digest: 'stale' }, { title: 'jó' });
    expect(await carried.export({ rehash: true })).toMatchObject({ files: 2, omittedTotal: 0 });
    const record = (await recordsIn(carried.bundle)).find(({ image }) => image.title === 'ép');
    expect(record?.file?.digest).toBe(sha256(file));
    expect(outcomesOf(await carried.apply())).toEqual({ added: 2 });
  });

  test.each([
    ['cut short', truncatedJpeg('cut', 4_000)],
    ['no picture', notAJpeg('html')],
    ['zeros', Buffer.alloc(3_000)],
    ['zeros at the end', Buffer.concat([file.subarray(0, 1_500), Buffer.alloc(1_500)])],
  ])('are not believed by --rehash of a file that is damaged: %s', async (_, damaged) => {
    const carried = trip({ title: 'rossz', file: damaged, digest: 'stale' }, { title: 'jó' });
    const result = await carried.export({ rehash: true });
    expect(result).toMatchObject({ records: 1, files: 1, omittedByReason: { mismatch: 1 } });
    expect(await titlesIn(carried.bundle)).toEqual(['jó']);
  });
});

describe('images that were never downloaded', () => {
  test.each<[string, (carried: Exchange) => Partial<ExportOptions>]>([
    ['all', () => ({})],
    ['by a filter', () => ({ selection: { kind: 'filters', filters: { author: ['Anna'] } } })],
    ['for another', ({ receiver }) => ({ selection: { kind: 'for', database: receiver.databasePath } })],
  ])('are counted: %s', async (_, options) => {
    const carried = trip({ author: 'Anna' }, { author: 'Anna', file: null }, { author: 'Anna', file: null });
    const notices: unknown[] = [];
    const observer = (event: Event) =>
      event.type === 'notice' && notices.push([event.notice, event.params['count']]);
    expect(await carried.export({ ...options(carried), observer })).toMatchObject({ records: 1 });
    expect(notices).toContainEqual(['never-downloaded', 2]);
  });
});
