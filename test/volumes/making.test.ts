import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { type Event, exportBundle, listBundle, verifyBundle } from '../../src/index.ts';
import { changeDatabase } from '../support/database-dump.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { archiveOf, makeSeries, pictures, sizeOf, volumesIn } from './series.ts';

const folder = scratchFolder();

async function recordsOf(path: string) {
  const lists = await listBundle({ input: path });
  const records = [];
  for await (const record of lists.records()) records.push(record);
  await lists.close();
  return records;
}

test('what of an author cannot travel is counted once, in however many volumes the author is', async () => {
  const archive = archiveOf(folder('sender'), pictures(60, { authors: 1 }));
  const long = "printf('%.*c', 262145, 'x')";
  changeDatabase(
    archive.dir,
    `INSERT INTO author_details (author, bio) SELECT DISTINCT author, ${long} FROM images`,
  );
  const counts: unknown[] = [];
  const observer = (event: Event) =>
    event.type === 'notice' && event.notice === 'values-left-out' && counts.push(event.params);
  const { volumes } = await makeSeries(archive, folder('trip'), 400_000, { observer });
  expect(volumes.length).toBeGreaterThan(2);
  expect(counts).toEqual([{ count: 1 }]);
});

describe('a thousand pictures in twelve volumes', () => {
  test('each is whole, within its size, and opens with tar and zstd alone', async () => {
    const archive = archiveOf(folder('sender'), pictures(1000, { authors: 40 }));
    const series = folder('trip');
    const size = 2_600_000;
    const result = await makeSeries(archive, series, size);
    const paths = volumesIn(series);
    expect(paths.map((path) => basename(path))).toEqual(
      Array.from({ length: 12 }, (_, at) => `trip.v${String(at + 1).padStart(2, '0')}-of-12.indabundle`),
    );
    expect(readdirSync(series)).toHaveLength(12); // no plan, no lock
    let records = 0;
    for (const [at, path] of paths.entries()) {
      expect(sizeOf(path)).toBeLessThanOrEqual(size);
      const verified = await verifyBundle({ input: path });
      expect(verified).toMatchObject({ verdict: 'whole', bundleId: result.volumes[at]!.bundleId });
      expect(verified.manifest!.volume).toEqual({ number: at + 1, count: 12, export_id: 'series' });
      expect(verified.manifest!.summary.tags.top[0]!.images).toBe(verified.records);
      records += verified.records;
      const out = folder(`out-${at}`);
      execFileSync('tar', ['--zstd', '-xf', path, '-C', out]);
      execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: out });
    }
    expect(records).toBe(1000);
    expect(result).toMatchObject({ records: 1000, files: 1000, omittedTotal: 0 });
    expect(result.bundleBytes).toBe(paths.reduce((sum, path) => sum + sizeOf(path), 0));
  });

  test('the same question gives the same bytes', async () => {
    const archive = archiveOf(folder('sender'), pictures(60));
    const digests = async (name: string) => {
      await makeSeries(archive, folder(`${name}/trip`), 400_000);
      return volumesIn(folder(`${name}/trip`)).map((path) =>
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      );
    };
    expect(await digests('second')).toEqual(await digests('first'));
  });
});

describe('what is cut where', () => {
  test('an author begins a volume where that wastes little', async () => {
    const archive = archiveOf(folder('sender'), pictures(90, { from: 20_000, to: 20_001, authors: 9 }));
    await makeSeries(archive, folder('trip'), 560_000); // 27 pictures and the documents: two authors and seven pictures
    for (const path of volumesIn(folder('trip'))) {
      const authors = new Set((await recordsOf(path)).map((record) => record.image.author));
      expect(authors.size).toBe((await recordsOf(path)).length / 10);
    }
  });

  test('an author is cut in two where a volume would stay empty by more than a quarter', async () => {
    const archive = archiveOf(folder('sender'), pictures(90, { from: 20_000, to: 20_001, authors: 9 }));
    await makeSeries(archive, folder('trip'), 360_000); // 17 pictures and the documents: an author and seven pictures
    const first = await recordsOf(volumesIn(folder('trip'))[0]!);
    expect(first.length).toBeGreaterThan(14);
    expect(new Set(first.map((record) => record.image.author)).size).toBe(2);
  });

  test('records that share a content share a volume', async () => {
    const shared = uniqueJpeg('shared', 30_000);
    const images = Array.from({ length: 60 }, (_, at) => ({
      author: `Szerző ${at % 12}`,
      file: at % 10 === 0 ? shared : uniqueJpeg(at, 20_000),
    }));
    const archive = archiveOf(folder('sender'), images);
    await makeSeries(archive, folder('trip'), 300_000);
    const digest = createHash('sha256').update(shared).digest('hex');
    const sharers = await Promise.all(
      volumesIn(folder('trip')).map(
        async (path) => (await recordsOf(path)).filter(({ file }) => file?.digest === digest).length,
      ),
    );
    expect(sharers.filter((count) => count > 0)).toEqual([6]);
    for (const path of volumesIn(folder('trip')))
      expect(await verifyBundle({ input: path })).toMatchObject({ verdict: 'whole' });
  });

  test.each([70_000, 120_000, 333_333, 1_000_000])(
    'no volume is larger than %i bytes, though nothing compresses',
    async (size) => {
      const noise = (at: number) => randomBytes(150).toString('base64') + at;
      const images = Array.from({ length: 80 }, (_, at) => ({
        author: `Szerző ${at % 3}`,
        title: noise(at),
        description: noise(at).repeat(3),
        tags: [noise(at)],
        file: Buffer.concat([uniqueJpeg(at, 1000), randomBytes((at * 977) % 30_000)]),
      }));
      const archive = archiveOf(folder('sender'), images);
      const result = await makeSeries(archive, folder('trip'), size);
      expect(result.records).toBe(80);
      for (const path of volumesIn(folder('trip'))) {
        expect(sizeOf(path)).toBeLessThanOrEqual(size);
        expect(await verifyBundle({ input: path })).toMatchObject({ verdict: 'whole' });
      }
    },
  );

  test('what is left out is told in some volume, once', async () => {
    const images = [
      ...pictures(40),
      ...Array.from({ length: 5 }, () => ({ author: 'Szerző 3', file: 'missing' as const })),
    ];
    const archive = archiveOf(folder('sender'), images);
    const result = await makeSeries(archive, folder('trip'), 300_000);
    expect(result).toMatchObject({ records: 40, omittedTotal: 5, omittedByReason: { missing: 5 } });
    let omitted = 0;
    for (const input of volumesIn(folder('trip'))) omitted += (await verifyBundle({ input })).findingsTotal;
    expect(omitted).toBe(5);
  });

  test('one volume is a bundle without a number', async () => {
    const archive = archiveOf(folder('sender'), pictures(5));
    const result = await makeSeries(archive, folder('trip'), 10_000_000);
    expect(readdirSync(folder('trip'))).toEqual(['trip.indabundle']);
    expect(result.volumes).toHaveLength(1);
    expect(
      (await verifyBundle({ input: join(folder('trip'), 'trip.indabundle') })).manifest!.volume,
    ).toMatchObject({ number: 1, count: 1 });
  });
});

describe('what is said before the work starts', () => {
  test('a picture larger than a volume, with the smallest size that would do', async () => {
    const archive = archiveOf(folder('sender'), [
      ...pictures(10),
      { author: 'Nagy', fileName: 'nagy.jpg', file: uniqueJpeg('nagy', 500_000) },
    ]);
    const error = await makeSeries(archive, join(folder(), 'trip'), 200_000).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'volume-too-small',
      exitStatus: 2,
      params: { count: 1, smallest: expect.stringMatching(/^\d+K$/) as string },
    });
    const { message, params, hint } = error as Error & { params: { smallest: string }; hint: string };
    expect(message).toContain('nagy.jpg');
    expect(hint).toContain(params.smallest);
    expect(existsSync(join(folder(), 'trip'))).toBe(false);
    const smallest = Number(params.smallest.slice(0, -1)) * 1000;
    await makeSeries(archive, join(folder(), 'trip'), smallest);
    await expect(makeSeries(archive, folder('less'), smallest - 2000)).rejects.toMatchObject({
      code: 'volume-too-small',
    });
  });

  test('a size that not even the documents fit', async () => {
    const archive = archiveOf(folder('sender'), pictures(3, { from: 1000, to: 1001 }));
    await expect(makeSeries(archive, folder('trip'), 5000)).rejects.toMatchObject({
      code: 'volume-too-small',
    });
  });

  test('a dry run names the volumes and writes nothing', async () => {
    const archive = archiveOf(folder('sender'), pictures(60));
    const planned = await makeSeries(archive, join(folder(), 'trip'), 400_000, { dryRun: true });
    expect(existsSync(join(folder(), 'trip'))).toBe(false);
    const made = await makeSeries(archive, join(folder(), 'trip'), 400_000);
    expect(planned.volumes.map(({ name, records }) => [name, records])).toEqual(
      made.volumes.map(({ name, records }) => [name, records]),
    );
    for (const [at, { bundleBytes, state }] of planned.volumes.entries()) {
      expect(state).toBe('planned');
      expect(bundleBytes).toBeGreaterThanOrEqual(made.volumes[at]!.bundleBytes);
      expect(bundleBytes).toBeLessThanOrEqual(400_000);
    }
  });

  test('volumes that are there already, unless they may be replaced', async () => {
    const archive = archiveOf(folder('sender'), pictures(60));
    await makeSeries(archive, folder('trip'), 400_000);
    const before = volumesIn(folder('trip'));
    await expect(makeSeries(archive, folder('trip'), 300_000)).rejects.toMatchObject({
      code: 'output-exists',
    });
    expect(volumesIn(folder('trip'))).toEqual(before);
    const { volumes } = await makeSeries(archive, folder('trip'), 300_000, { force: true });
    expect(volumesIn(folder('trip')).map((path) => basename(path))).toEqual(volumes.map(({ name }) => name));
  });

  test('a file in the place of the folder, a stream, volumes without a size', async () => {
    const archive = archiveOf(folder('sender'), pictures(3));
    await expect(makeSeries(archive, archive.databasePath, 400_000)).rejects.toMatchObject({
      code: 'output-is-input',
    });
    await expect(makeSeries(archive, join(folder(), 'no', 'such'), 400_000)).rejects.toMatchObject({
      code: 'option-value',
    });
    await expect(makeSeries(archive, '', 400_000, { output: process.stdout })).rejects.toMatchObject({
      code: 'usage',
    });
    const all = {
      db: archive.databasePath,
      selection: { kind: 'all' },
      output: join(folder(), 'x.indabundle'),
      volumes: [1],
    } as const;
    await expect(exportBundle(all)).rejects.toMatchObject({ code: 'usage' });
  });
});
