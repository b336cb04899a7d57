import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { applyBundle, type ApplyOptions, type Event } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { archiveOf, makeSeries, pictures, volumesIn } from './series.ts';

const folder = scratchFolder();

let volumes: string[] = [];
beforeEach(async () => {
  const archive = archiveOf(folder('sender'), pictures(24, { from: 100_000, to: 150_000 }));
  await makeSeries(archive, folder('trip'), 1_750_000);
  volumes = volumesIn(folder('trip'));
  expect(volumes).toHaveLength(2);
});

const receiver = () => archiveOf(folder('receiver'), [{ author: 'Saját', siteImageId: 77 }]);

const take = (db: string, input: string, more: Partial<ApplyOptions> = {}) =>
  applyBundle({ db, input, ...more });

describe('a bundle that is to be removed when it is done', () => {
  test('goes when all of it is in the archive, also when it was there before', async () => {
    const { databasePath } = receiver();
    const copy = join(folder(), 'copy.indabundle');
    copyFileSync(volumes[0]!, copy);
    expect(await take(databasePath, volumes[0]!, { removeWhenDone: true, dryRun: true })).toMatchObject({
      removed: false,
    });
    expect(await take(databasePath, volumes[0]!, { removeWhenDone: true })).toMatchObject({ removed: true });
    expect(await take(databasePath, copy, { removeWhenDone: true })).toMatchObject({ removed: true });
    expect([existsSync(volumes[0]!), existsSync(copy)]).toEqual([false, false]);
  });

  test('stays when anything in it is damaged or failed', async () => {
    const { databasePath } = receiver();
    const bytes = readFileSync(volumes[0]!);
    bytes.fill(0xaa, Math.floor(bytes.length * 0.85), Math.floor(bytes.length * 0.85) + 50);
    writeFileSync(volumes[0]!, bytes);
    expect(await take(databasePath, volumes[0]!, { removeWhenDone: true })).toMatchObject({ removed: false });
    expect(await take(databasePath, volumes[0]!, { removeWhenDone: true })).toMatchObject({ removed: false });
    truncateSync(volumes[1]!, Math.floor(readFileSync(volumes[1]!).length * 0.9));
    expect(await take(databasePath, volumes[1]!, { removeWhenDone: true })).toMatchObject({ removed: false });
    expect(existsSync(volumes[0]!) && existsSync(volumes[1]!)).toBe(true);
  });

  test('stays while photos that are other than the archive has are in it only', async () => {
    const archive = archiveOf(folder('other'), pictures(3));
    await makeSeries(archive, folder('other-out'), 10_000_000);
    const volume = volumesIn(folder('other-out'))[0]!;
    const ours = pictures(3).map((picture) => ({ ...picture, file: uniqueJpeg('ours', 2_000) }));
    const { databasePath } = archiveOf(folder('ours'), ours);
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    for (const policy of [{}, { onConflict: 'keep-local' }] as const) {
      const result = await take(databasePath, volume, { removeWhenDone: true, ...policy, observer });
      expect(result).toMatchObject({ removed: false, outcomes: { conflict: 3 } });
    }
    expect(notices.filter((notice) => notice === 'bundle-kept')).toHaveLength(2);
    const decided = await take(databasePath, volume, { removeWhenDone: true, onConflict: 'keep-both' });
    expect(decided).toMatchObject({ removed: true });
    expect(existsSync(volume)).toBe(false);
  });

  test('goes in spite of what the sender left out', async () => {
    const archive = archiveOf(folder('gaps'), [...pictures(5), { author: 'X', file: 'missing' as const }]);
    await makeSeries(archive, folder('gaps-out'), 10_000_000);
    const { databasePath } = receiver();
    expect(
      await take(databasePath, volumesIn(folder('gaps-out'))[0]!, { removeWhenDone: true }),
    ).toMatchObject({ removed: true });
  });
});
