import { copyFileSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readArchive } from '../../fixtures/archive-reader.ts';
import { applyBundle, type ApplyOptions, bundlesIn, findSeries, revert } from '../../src/index.ts';
import { rowsOf } from '../support/database-dump.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { archiveOf, makeSeries, pictures, volumesIn } from './series.ts';

const folder = scratchFolder();
const IMAGES = pictures(36, { from: 100_000, to: 150_000 });

let volumes: string[] = [];
beforeEach(async () => {
  const archive = archiveOf(folder('sender'), IMAGES);
  await makeSeries(archive, folder('trip'), 1_750_000);
  volumes = volumesIn(folder('trip'));
  expect(volumes).toHaveLength(3);
});

/** An archive with a few pictures of its own. */
const receiver = (name = 'receiver') =>
  archiveOf(folder(name), [
    { author: 'Saját', siteImageId: 77 },
    { author: 'Saját', siteImageId: 78 },
  ]);

const take = (db: string, input: string, more: Partial<ApplyOptions> = {}) =>
  applyBundle({ db, input, ...more });

/** Pictures by address with their photo, whatever order they came in. */
function contentOf(dir: string): unknown[] {
  const { images, fileDigests } = readArchive(dir);
  return [...images]
    .map(([id, row]) => [row['url'], row['title'], row['author'], fileDigests.get(id)])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

const operations = (dir: string) =>
  rowsOf<{ status: string; error_count: number; total_files: number }>(
    dir,
    'SELECT status, error_count, total_files FROM sync_operations',
  );
const backups = (dir: string) => readdirSync(dir).filter((name) => name.includes('.backup-'));

describe('three volumes', () => {
  test('in any order give the same archive, as one operation with one backup', async () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const contents: unknown[] = [];
    for (const order of orders) {
      const { databasePath, dir } = receiver(`receiver-${order.join('')}`);
      for (const [at, number] of order.entries()) {
        const result = await take(databasePath, volumes[number]!);
        const done = order
          .slice(0, at + 1)
          .map((one) => one + 1)
          .sort();
        expect(result.series).toMatchObject({
          number: number + 1,
          count: 3,
          applied: done,
          missing: [1, 2, 3].filter((one) => !done.includes(one)),
        });
        expect(operations(dir)).toMatchObject([{ status: at < 2 ? 'pending' : 'completed', error_count: 0 }]);
      }
      expect(backups(dir)).toHaveLength(1);
      expect(operations(dir)[0]!.total_files).toBe(36);
      contents.push(contentOf(dir));
    }
    for (const content of contents) expect(content).toEqual(contents[0]);
    expect(contents[0]).toHaveLength(38);
  });

  test('with one missing cost only what is in it, and the next goes on', async () => {
    for (const missing of [0, 1, 2]) {
      const { databasePath, dir } = receiver(`receiver-${missing}`);
      const there = volumes.filter((_, at) => at !== missing);
      let added = 0;
      for (const volume of there) added += (await take(databasePath, volume)).outcomes.added;
      expect(operations(dir)).toMatchObject([{ status: 'pending' }]);
      const last = await take(databasePath, volumes[missing]!, { report: join(folder(), 'report.csv') });
      expect(added + last.outcomes.added).toBe(36);
      expect(last).toMatchObject({ resumed: true, backupPath: null, series: { missing: [] } });
      expect(readFileSync(join(folder(), 'report.csv'), 'utf8').trim().split('\n')).toHaveLength(37);
    }
  });

  test('one of which brings nothing new: the backup is made before the first change', async () => {
    const { databasePath, dir } = receiver();
    await take(databasePath, volumes[0]!, { backup: false });
    archiveCopy(dir, folder('copy'));
    expect((await take(databasePath, volumes[0]!)).operationId).toBe(null);
    const other = archiveOf(folder('other'), IMAGES.slice(0, 36));
    const first = await take(other.databasePath, volumes[0]!);
    expect(first).toMatchObject({ outcomes: { present: first.manifest.totals.records }, backupPath: null });
  });

  test('damage in one costs only its pictures, and a whole copy of it brings them', async () => {
    const { databasePath, dir } = receiver();
    const whole = readFileSync(volumes[1]!);
    const damaged = Buffer.from(whole);
    damaged.fill(0xaa, Math.floor(whole.length * 0.85), Math.floor(whole.length * 0.85) + 100);
    writeFileSync(volumes[1]!, damaged);
    const results = [];
    for (const volume of volumes) results.push(await take(databasePath, volume));
    const failed = results[1]!.outcomes.failed;
    expect(failed).toBeGreaterThan(0);
    expect([results[0]!.outcomes.failed, results[2]!.outcomes.failed]).toEqual([0, 0]);
    expect(operations(dir)).toMatchObject([{ status: 'error', error_count: failed }]);
    expect(results[2]!.series).toMatchObject({ applied: [1, 3], missing: [2] });
    writeFileSync(volumes[1]!, whole);
    expect(await take(databasePath, volumes[1]!)).toMatchObject({
      resumed: true,
      outcomes: { failed: 0 },
      series: { missing: [] },
    });
    expect(operations(dir)).toMatchObject([{ status: 'completed', error_count: 0 }]);
  });

  test('that were taken back are still to come', async () => {
    const { databasePath } = receiver();
    let operationId = '';
    for (const volume of volumes) operationId = (await take(databasePath, volume)).operationId!;
    await revert({ db: databasePath, operationId, backup: false });
    expect(await take(databasePath, volumes[1]!)).toMatchObject({
      outcomes: { present: 0 },
      series: { applied: [2], missing: [1, 3] },
    });
  });

  test('that were taken back and come again are one operation, done at the last', async () => {
    const { databasePath, dir } = receiver();
    let operationId = '';
    for (const volume of volumes) operationId = (await take(databasePath, volume)).operationId!;
    await revert({ db: databasePath, operationId, backup: false });
    const again = [];
    for (const volume of volumes) again.push((await take(databasePath, volume)).operationId!);
    expect(new Set(again).size).toBe(1);
    expect(operations(dir)).toMatchObject([{ status: 'completed' }, { status: 'completed', error_count: 0 }]);
    for (const volume of volumes) expect((await take(databasePath, volume)).operationId).toBe(null);
  });

  test('a volume that was interrupted keeps the series open', async () => {
    const { databasePath, dir } = receiver();
    const controller = new AbortController();
    const observer = (event: { type: string; phase?: string }) =>
      void (event.phase === 'apply' && controller.abort());
    await expect(
      take(databasePath, volumes[0]!, { observer, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'interrupted' });
    await take(databasePath, volumes[1]!);
    const third = await take(databasePath, volumes[2]!);
    expect(third.series!.missing).toEqual([1]);
    expect(operations(dir)).toMatchObject([{ status: 'pending' }]);
    await take(databasePath, volumes[0]!);
    expect(operations(dir)).toMatchObject([{ status: 'completed' }]);
  });

  test('a volume again, after all were applied, is whole by itself', async () => {
    const { databasePath, dir } = receiver();
    for (const volume of volumes) await take(databasePath, volume, { backup: false });
    const [path] = rowsOf<{ path: string }>(
      dir,
      `SELECT local_path AS path FROM images WHERE author = 'Szerző 0'`,
    );
    truncateSync(join(dir, path!.path), 10);
    const again = await take(databasePath, volumes[0]!, { backup: false });
    expect(again.outcomes.restored).toBe(1);
    expect(operations(dir).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });
});

function archiveCopy(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (name.startsWith('indafoto.db')) copyFileSync(join(from, name), join(to, name));
}

describe('what lies in a folder', () => {
  test('missing, doubled and mixed volumes are told apart, empty files are passed over', async () => {
    const other = archiveOf(folder('second'), pictures(30, { from: 9000, to: 20_000 }));
    await makeSeries(other, folder('other'), 200_000, { exportId: 'other-series', label: 'Anna' });
    const stick = folder('stick');
    renameSync(volumes[1]!, join(stick, 'a.indabundle'));
    copyFileSync(join(stick, 'a.indabundle'), join(stick, 'copy of a.tar.zst'));
    renameSync(volumes[2]!, join(stick, 'z.indabundle'));
    renameSync(volumesIn(folder('other'))[0]!, join(stick, 'b.indabundle'));
    writeFileSync(join(stick, 'empty.indabundle'), '');
    writeFileSync(join(stick, 'notes.txt'), 'no bundle');
    const names = bundlesIn([stick]);
    expect(names.map((name) => name.slice(stick.length + 1))).toEqual([
      'a.indabundle',
      'b.indabundle',
      'copy of a.tar.zst',
      'empty.indabundle',
      'z.indabundle',
    ]);
    const series = await findSeries(names);
    expect(series).toMatchObject([
      { exportId: 'series', count: 3, missing: [1], doubled: [2] },
      {
        exportId: 'other-series',
        label: 'Anna',
        missing: expect.arrayContaining([2]) as number[],
        doubled: [],
      },
    ]);
    const { databasePath, dir } = receiver();
    for (const name of names)
      await take(databasePath, name, { backup: false }).catch((error: unknown) =>
        expect(error).toMatchObject({ exitStatus: 4 }),
      );
    expect(rowsOf(dir, 'SELECT DISTINCT operation FROM indabundle_journal')).toHaveLength(2);
  });

  test('a folder with an unpacked bundle, or with nothing, stands for itself', () => {
    writeFileSync(join(folder('unpacked'), 'manifest.json'), '{}');
    writeFileSync(join(folder('unpacked'), 'x.indabundle'), '');
    expect(bundlesIn([folder('unpacked'), folder('empty'), volumes[0]!, '-'])).toEqual([
      folder('unpacked'),
      folder('empty'),
      volumes[0]!,
      '-',
    ]);
  });
});
