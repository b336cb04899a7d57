import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { hardArchive, hardImages } from '../../fixtures/hard-values.ts';
import { notAJpeg, uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { type Event, verifyBundle } from '../../src/index.ts';
import { databaseDump } from '../support/database-dump.ts';
import { exchange, type Exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const isBackup = (name: string) => /\.backup-[\d-]+$/.test(name);
const backups = ({ receiver }: Exchange) => readdirSync(receiver.dir).filter(isBackup);

describe('a dry run', () => {
  const some = hardImages().slice(0, 12);
  const receiver: ImageSpec[] = some.map((_, at) => ({
    siteImageId: 1_500_001 + at,
    ...[{}, { file: null }, { file: uniqueJpeg('other', 3_000) }, { title: null }][at % 4],
  }));

  test.each(['today-without-wal', 'upgraded-without-wal', 'oldest', 'first'] as const)(
    'says what would happen, and changes nothing: %s',
    async (schema) => {
      const trip = exchange(folder(), hardArchive(), { schema, images: receiver, bannedAuthors: ['CON'] });
      await trip.export();
      const before = fileTree(trip.receiver.dir);
      const planned = await trip.apply({ dryRun: true, backup: true });
      const { wouldApply } = await verifyBundle({ input: trip.bundle, db: trip.receiver.databasePath });
      expect(fileTree(trip.receiver.dir)).toEqual(before);
      expect(planned).toMatchObject({ dryRun: true, operationId: null, backupPath: null, bytesWritten: 0 });
      const done = await trip.apply();
      expect(wouldApply).toEqual(done.outcomes);
      const { failed } = done.outcomes;
      expect(planned.outcomes.added - done.outcomes.added).toBeLessThanOrEqual(failed);
      expect(planned.outcomes).toMatchObject({
        banned: done.outcomes.banned,
        conflict: done.outcomes.conflict,
      });
      expect(planned.bytesNeeded).toBeGreaterThan(done.bytesWritten);
    },
  );

  test('says what would be added beside photos, as the run then does it', async () => {
    const trip = exchange(
      folder(),
      {
        images: [
          { siteImageId: 1, author: 'Anna', title: 'cím', description: 'leírás', tags: ['tó', 'köd'] },
          { siteImageId: 2, author: 'Anna', albums: [{ id: '1' }] },
        ],
        authorDetails: [{ author: 'Anna', bio: 'fotós' }],
      },
      {
        images: [
          { siteImageId: 1, author: 'Anna', title: null, description: null, tags: ['tó'] },
          { siteImageId: 2, author: 'Anna' },
        ],
      },
    );
    await trip.export();
    const additions = { columnsFilled: 2, linksAdded: 2, authorsAdded: 1, personalAdded: 0 };
    expect(await trip.apply({ dryRun: true })).toMatchObject(additions);
    expect(await trip.apply()).toMatchObject(additions);
    expect(await trip.apply({ dryRun: true })).toMatchObject({
      columnsFilled: 0,
      linksAdded: 0,
      authorsAdded: 0,
    });
  });

  test('reads a receiver in WAL mode with what only the WAL holds, and says what that left', async () => {
    const images = [{ siteImageId: 1 }, { siteImageId: 2 }, { siteImageId: 3 }];
    const trip = exchange(folder(), { images }, { images, wal: 'uncheckpointed' });
    await trip.export();
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    expect((await trip.apply({ dryRun: true, observer })).outcomes).toMatchObject({ present: 3, added: 0 });
    expect(notices).toContain('wal-files-left');
  });
});

describe('the backup', () => {
  test('is made once, before anything changes, and is whole', async () => {
    const trip = exchange(folder(), { images: [{}] }, { images: [{ siteImageId: 7, tags: ['tó'] }] });
    const dump = databaseDump(trip.receiver.dir);
    await trip.export();
    const { backupPath } = await trip.apply({ backup: true });
    const copy = new Database(backupPath!, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.prepare('SELECT * FROM images').all()).toEqual(dump.get('images'));
    copy.close();
    expect(backups(trip)).toHaveLength(1);
    await trip.apply({ backup: true });
    expect(backups(trip)).toHaveLength(1);
  });

  test.each<[string, ImageSpec, ImageSpec, number]>([
    ['a new picture', {}, { siteImageId: 7 }, 1],
    ['a column to fill', { siteImageId: 7, title: 'Cím' }, { siteImageId: 7, title: null }, 1],
    ['a link to make', { siteImageId: 7, tags: ['tó'] }, { siteImageId: 7 }, 1],
    ['nothing', { siteImageId: 7 }, { siteImageId: 7 }, 0],
    ['nothing, for the author is banned', { author: 'X' }, { siteImageId: 7 }, 0],
  ])('for %s', async (_, sender, here, count) => {
    const trip = exchange(folder(), { images: [sender] }, { images: [here], bannedAuthors: ['X'] });
    await trip.export();
    await trip.apply({ backup: true });
    expect(backups(trip)).toHaveLength(count);
  });

  test('is made for details of an author alone, too', async () => {
    const shared = { siteImageId: 7, author: 'Anna' };
    const authorDetails = [{ author: 'Anna', bio: 'Fényképez.' }];
    const trip = exchange(folder(), { images: [shared], authorDetails }, { images: [shared] });
    await trip.export();
    expect((await trip.apply({ backup: true })).authorsAdded).toBe(1);
    expect(backups(trip)).toHaveLength(1);
  });
});

describe('what is said to have been written', () => {
  test('is what lies in the folder afterwards', async () => {
    const same = uniqueJpeg('same', 4_000);
    const twin: ImageSpec = { siteImageId: 50, author: 'Anna' };
    const images = [{ file: same }, { file: same }, {}, twin, twin, { file: notAJpeg('html') }];
    const trip = exchange(folder(), { images }, { images: [] });
    await trip.export();
    const result = await trip.apply();
    const files = readdirSync(trip.receiver.photoFolder, { recursive: true, withFileTypes: true }).filter(
      (item) => item.isFile(),
    );
    const bytes = files.reduce(
      (sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length,
      0,
    );
    expect(files).toHaveLength(4);
    expect(result.bytesWritten).toBe(bytes);
  });

  test('a doubled picture that is refused is refused for the same reason', async () => {
    const twin: ImageSpec = { siteImageId: 50, author: 'Anna', file: notAJpeg('html') };
    const trip = exchange(folder(), { images: [twin, twin] }, { images: [] });
    const { failures } = await trip.carry();
    expect(failures.map(({ reason }) => reason)).toEqual(Array(2).fill('not a picture (unknown)'));
  });

  test('is in the report, whatever a spreadsheet makes of titles', async () => {
    const images = [
      { title: '=HYPERLINK("x")', tags: ['tó'] },
      { title: 'rossz', file: notAJpeg('text') },
    ];
    const trip = exchange(folder(), { images }, { images: [] });
    const report = join(folder(), 'report.csv');
    await trip.export();
    await trip.apply({ report });
    const [head, ...lines] = readFileSync(report, 'utf8').trim().split('\n');
    expect(head).toContain('outcome');
    const [path] = [...readArchive(trip.receiver.dir).images.values()].map((row) =>
      String(row['local_path']),
    );
    expect(lines.filter((line) => line.includes('added'))).toEqual([expect.stringContaining(path!)]);
    expect(lines.find((line) => line.includes('failed'))).toContain('not a picture');
    expect(lines.join('\n')).not.toMatch(/(^|,)"?=HYPERLINK/m);
    rmSync(report);
    await trip.apply({ report, dryRun: true });
    expect(readdirSync(folder())).not.toContain('report.csv');
  });

  test('is in no report that would take the place of something else, or that has none: nothing is applied', async () => {
    const trip = exchange(folder(), { images: [{}] }, { images: [] });
    await trip.export();
    const before = readFileSync(trip.receiver.databasePath);
    const bundle = readFileSync(trip.bundle);
    for (const report of [trip.receiver.databasePath, `${trip.receiver.databasePath}-wal`, trip.bundle])
      await expect(trip.apply({ report })).rejects.toMatchObject({ code: 'output-is-input', exitStatus: 2 });
    const photo = trip.sender.images[0]!.filePath!;
    const digest = sha256(readFileSync(photo));
    for (const report of [
      photo,
      join(folder(), 'nowhere', 'report.csv'),
      join(photo, 'report.csv'),
      folder(),
    ])
      await expect(trip.apply({ report })).rejects.toMatchObject({ code: 'option-value', exitStatus: 2 });
    expect(sha256(readFileSync(photo))).toBe(digest);
    expect(readFileSync(trip.receiver.databasePath).equals(before)).toBe(true);
    expect(readFileSync(trip.bundle).equals(bundle)).toBe(true);
  });
});
