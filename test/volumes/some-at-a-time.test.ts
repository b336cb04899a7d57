import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { KeyIndex } from '../../src/archive/key-index.ts';
import { openScratch } from '../../src/archive/scratch.ts';
import { PlanStore } from '../../src/export/plan-store.ts';
import { type Event, findSeries, verifyBundle } from '../../src/index.ts';
import { changeDatabase, rowsOf } from '../support/database-dump.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { archiveOf, makeSeries, pictures, volumesIn } from './series.ts';

const folder = scratchFolder();
const SIZE = 300_000;

const noticesOf = () => {
  const seen: string[] = [];
  return { seen, observer: (event: Event) => void (event.type === 'notice' && seen.push(event.notice)) };
};

describe('volumes that are made a few at a time', () => {
  test('1-3 today and 4-6 tomorrow fit together, whatever the database says meanwhile', async () => {
    const archive = archiveOf(folder('sender'), pictures(70));
    const series = folder('trip');
    const first = await makeSeries(archive, series, SIZE, { volumes: [1, 2, 3] });
    const count = first.volumes.length;
    expect(count).toBeGreaterThan(5);
    expect(first.volumes.map(({ state }) => state)).toEqual(
      first.volumes.map((_, at) => (at < 3 ? 'made' : 'planned')),
    );
    expect(first.records).toBe(first.volumes.slice(0, 3).reduce((sum, { records }) => sum + records, 0));
    expect(readdirSync(series)).toHaveLength(4);

    // Rows come and go, a photo is replaced, one is lost.
    changeDatabase(
      archive.dir,
      `UPDATE images SET title = 'changed'`,
      `DELETE FROM images WHERE id = 5`,
      `INSERT INTO images (id, local_path) SELECT 900, local_path FROM images LIMIT 1`,
    );
    const photos = rowsOf<{ path: string }>(
      archive.dir,
      `SELECT local_path AS path FROM images WHERE author = 'Szerző 8' ORDER BY local_path`,
    ).map(({ path }) => join(archive.dir, path));
    writeFileSync(photos[0]!, uniqueJpeg('replaced', statSync(photos[0]!).size));
    const tomorrow = Date.now() / 1000 + 86_400;
    utimesSync(photos[0]!, tomorrow, tomorrow);
    rmSync(photos[1]!);

    const { seen, observer } = noticesOf();
    const rest = await makeSeries(archive, series, SIZE, { observer });
    expect(seen).toContain('resuming');
    expect(rest.omittedByReason).toEqual({ changed: 1, missing: 1 });
    expect(rest.exportId).toBe(first.exportId);
    expect(volumesIn(series)).toHaveLength(count);
    expect(readdirSync(series)).toHaveLength(count); // the plan is gone
    const [found] = await findSeries(volumesIn(series));
    expect(found).toMatchObject({ exportId: 'series', count, missing: [], doubled: [] });
    let records = 0;
    for (const input of volumesIn(series)) {
      const verified = await verifyBundle({ input });
      expect(verified.verdict).not.toBe('damaged');
      records += verified.records;
    }
    expect(records).toBe(70);
  });

  test('a stick goes back and forth: what was carried away is not made again unless asked for', async () => {
    const archive = archiveOf(folder('sender'), pictures(70));
    const series = folder('trip');
    const first = await makeSeries(archive, series, SIZE, { volumes: [1, 2] });
    const carried = readFileSync(join(series, first.volumes[1]!.name));
    for (const path of volumesIn(series)) rmSync(path);
    const second = await makeSeries(archive, series, SIZE, { volumes: [3, 2] });
    expect(second.volumes.slice(0, 4).map(({ state }) => state)).toEqual(['gone', 'made', 'made', 'planned']);
    expect(readFileSync(join(series, first.volumes[1]!.name)).equals(carried)).toBe(true);
    const last = await makeSeries(archive, series, SIZE);
    expect(last.volumes.filter(({ state }) => state === 'made').map(({ number }) => number)).toEqual(
      last.volumes.slice(3).map(({ number }) => number),
    );
    expect(last.volumes[0]!.state).toBe('gone');
  });

  test('the books say what is still to come', async () => {
    const archive = archiveOf(folder('sender'), pictures(70));
    const states = () =>
      rowsOf(
        archive.dir,
        'SELECT status, count(*) AS files FROM sync_export_files GROUP BY status ORDER BY status',
      );
    const first = await makeSeries(archive, folder('trip'), SIZE, { volumes: [1] });
    expect(states()).toEqual([
      { status: 'completed', files: first.records },
      { status: 'pending', files: 70 - first.records },
    ]);
    expect(rowsOf(archive.dir, 'SELECT status FROM sync_operations')).toEqual([{ status: 'pending' }]);
    await makeSeries(archive, folder('trip'), SIZE);
    expect(states()).toEqual([{ status: 'completed', files: 70 }]);
    expect(rowsOf(archive.dir, 'SELECT status FROM sync_operations')).toEqual([{ status: 'completed' }]);
  });

  test('another question finds the plan in its place, and leaves it alone', async () => {
    const archive = archiveOf(folder('sender'), pictures(70));
    await makeSeries(archive, folder('trip'), SIZE, { volumes: [1] });
    for (const path of volumesIn(folder('trip'))) rmSync(path);
    await expect(makeSeries(archive, folder('trip'), SIZE, { label: 'other' })).rejects.toMatchObject({
      code: 'series-begun',
    });
    const result = await makeSeries(archive, folder('trip'), SIZE);
    expect(result.volumes[0]!.state).toBe('gone');
    const wrong = makeSeries(archive, join(folder(), 'new'), SIZE, { volumes: [99] });
    await expect(wrong).rejects.toMatchObject({ code: 'option-value' });
    expect(existsSync(join(folder(), 'new'))).toBe(false);
    await makeSeries(archive, folder('other'), SIZE, { volumes: [1] });
    await expect(makeSeries(archive, folder('other'), SIZE, { volumes: [99] })).rejects.toMatchObject({
      code: 'option-value',
    });
  });
});

describe('a series that is stopped', () => {
  test('while it is planned begins anew', async () => {
    const archive = archiveOf(folder('sender'), pictures(40));
    const series = folder('trip');
    PlanStore.create(join(series, 'trip.plan'), () => new KeyIndex(openScratch(), 'contents', 0)).close(); // what is left of one that was killed
    await makeSeries(archive, series, SIZE);
    expect(volumesIn(series).length).toBeGreaterThan(1);
    expect(readdirSync(series)).not.toContain('trip.plan');
  });

  test('anywhere goes on where it was, and gives the same bytes', async () => {
    const archive = archiveOf(folder('sender'), pictures(40, { from: 100_000, to: 400_000 }));
    await makeSeries(archive, folder('whole/trip'), 2_500_000);
    const whole = volumesIn(folder('whole/trip')).map((path) => readFileSync(path));
    const series = folder('stopped/trip');
    let stops = 0;
    for (;;) {
      const controller = new AbortController();
      let seen = 0;
      const observer = (event: Event) => {
        if (event.type === 'progress' && event.item !== undefined && ++seen > 1) controller.abort();
      };
      const done = await makeSeries(archive, series, 2_500_000, {
        observer,
        signal: controller.signal,
        threads: 1,
        check: stops % 2 === 0,
      }).catch((error: unknown) => error);
      if (!(done instanceof Error)) break;
      expect(done).toMatchObject({ code: 'interrupted' });
      stops += 1;
      expect(stops).toBeLessThan(60);
      const part = readdirSync(series).find((name) => name.endsWith('.part'));
      if (part !== undefined && stops % 3 === 0)
        truncateSync(join(series, part), Math.floor(statSync(join(series, part)).size / 2));
    }
    expect(stops).toBeGreaterThan(1);
    expect(volumesIn(series).map((path, at) => readFileSync(path).equals(whole[at]!))).toEqual(
      whole.map(() => true),
    );
    expect(readdirSync(series)).toHaveLength(whole.length);
  });

  test('a volume that was touched is not taken for the one that was made', async () => {
    const archive = archiveOf(folder('sender'), pictures(70));
    const { volumes } = await makeSeries(archive, folder('trip'), SIZE, { volumes: [1, 2] });
    const path = join(folder('trip'), volumes[0]!.name);
    truncateSync(path, 1000);
    utimesSync(path, 0, 0);
    await expect(makeSeries(archive, folder('trip'), SIZE, { volumes: [1] })).rejects.toMatchObject({
      code: 'output-exists',
    });
    await makeSeries(archive, folder('trip'), SIZE, { volumes: [1], force: true });
    expect(await verifyBundle({ input: path })).toMatchObject({ verdict: 'whole' });
  });
});
