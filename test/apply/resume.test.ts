import { createReadStream, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import type { ApplyOptions, Event } from '../../src/index.ts';
import { changeDatabase, databaseDump, dumpWithoutBooks, rowsOf } from '../support/database-dump.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const SAME = uniqueJpeg('same');
const IMAGES: readonly ImageSpec[] = [
  { siteImageId: 1, author: 'Anna', tags: ['tó'], albums: [{ id: '1' }] },
  { siteImageId: 2, author: 'Anna', file: SAME },
  { siteImageId: 3, author: 'Béla', file: SAME },
  { siteImageId: 3, author: 'Béla', file: SAME, tags: ['két'] },
  { siteImageId: 4, author: 'Cili', title: 'helyi', tags: ['új'] },
  { siteImageId: 5, author: 'Cili', fileName: 'rossz.PNG' },
];
const HERE: readonly ImageSpec[] = [{ siteImageId: 4, author: 'Cili', title: null }, { siteImageId: 9 }];

const newTrip = (name: string) => exchange(folder(name), { images: IMAGES }, { images: HERE });

const photos = ({ receiver }: Exchange) => [...fileTree(receiver.photoFolder)];

/** What a user has in the end. */
const state = (trip: Exchange) => ({ rows: dumpWithoutBooks(trip.receiver.dir), photos: photos(trip) });

/** The books, without what differs from run to run. */
function books({ receiver }: Exchange): unknown[] {
  return [
    rowsOf(receiver.dir, 'SELECT status, total_files, processed_files, error_count FROM sync_operations'),
    rowsOf(receiver.dir, 'SELECT status, total_files, processed_files FROM sync_export_lists'),
    rowsOf(receiver.dir, 'SELECT export_path, status, image_id FROM sync_export_files ORDER BY id'),
    rowsOf(
      receiver.dir,
      'SELECT image_id, file_path, file_hash, status FROM sync_files ORDER BY file_path, image_id',
    ),
    rowsOf(
      receiver.dir,
      'SELECT record, outcome FROM indabundle_journal WHERE outcome IS NOT NULL ORDER BY record',
    ),
  ];
}

const temporaries = (trip: Exchange) => photos(trip).filter(([name]) => name.includes('.indabundle-'));

/** Applies until the given event; answers whether it came to that. */
async function stopAt(trip: Exchange, event: number, options: Partial<ApplyOptions> = {}): Promise<boolean> {
  const stop = new AbortController();
  let seen = 0;
  const observer = () => {
    seen += 1;
    if (seen === event) stop.abort();
  };
  const ended = await trip.apply({ ...options, signal: stop.signal, observer }).then(
    () => 'done',
    (error: { code: string; exitStatus: number }) => `${error.code} ${error.exitStatus}`,
  );
  expect(ended).toBe(stop.signal.aborted && ended !== 'done' ? 'interrupted 130' : 'done');
  return ended !== 'done';
}

test('stopped at any event and run again, an apply comes to the same', async () => {
  const undisturbed = newTrip('undisturbed');
  await undisturbed.carry();
  const expected = { ...state(undisturbed), books: books(undisturbed) };
  let stopped = 0;
  for (let event = 1; ; event += 1) {
    const trip = newTrip(`stopped ${event}`);
    await trip.export();
    const wasStopped = await stopAt(trip, event);
    expect(temporaries(trip)).toEqual([]);
    expect(trip.violations()).toEqual([]);
    const after = trip.after();
    for (const [id, row] of after.images) expect(after.fileDigests.get(id)).toBe(row['sha256_hash']);
    await trip.apply();
    expect({ ...state(trip), books: books(trip) }).toEqual(expected);
    stopped += wasStopped ? 1 : 0;
    if (!wasStopped) break;
  }
  expect(stopped).toBeGreaterThan(5);
});

test('a large file that was half there when the apply was stopped is not kept', async () => {
  const large: ImageSpec = { author: 'Anna', file: uniqueJpeg('large', 20 * 1024 * 1024) };
  const trip = exchange(folder(), { images: [large, { author: 'Béla' }] }, { images: [] });
  await trip.export();
  const stop = new AbortController();
  let passed = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _, done) {
      passed += chunk.length;
      if (passed > 17 * 1024 * 1024) stop.abort();
      done(null, chunk);
    },
  });
  const input = createReadStream(trip.bundle).pipe(counting);
  await expect(trip.apply({ input, signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
  const whole = new Set(trip.sender.images.map(({ fileDigest }) => fileDigest));
  expect(photos(trip).filter(([, digest]) => !whole.has(digest))).toEqual([]);
  for (const digest of trip.after().fileDigests.values()) expect(whole).toContain(digest);
  expect((await trip.apply()).outcomes.failed).toBe(0);
  expect(photos(trip)).toHaveLength(2);
});

/** As a crash leaves it between putting files in place and the commit. */
function uncommit({ receiver }: Exchange, images: string): void {
  changeDatabase(
    receiver.dir,
    `DELETE FROM image_tags WHERE image_id IN (SELECT id FROM images WHERE ${images})`,
    `UPDATE sync_export_files SET status = 'pending', image_id = NULL WHERE image_id IN (SELECT id FROM images WHERE ${images})`,
    `UPDATE sync_files SET status = 'pending', image_id = NULL WHERE image_id IN (SELECT id FROM images WHERE ${images})`,
    `DELETE FROM images WHERE ${images}`,
    `DELETE FROM indabundle_journal WHERE sequence > 0`,
    `UPDATE sync_operations SET status = 'pending', processed_files = 0`,
    `UPDATE sync_export_lists SET status = 'pending', processed_files = 0`,
  );
}

describe('a file that was in place before the crash', () => {
  const two: readonly ImageSpec[] = [
    { siteImageId: 1, author: 'Anna', file: SAME, fileName: 'a.jpg' },
    { siteImageId: 2, author: 'Béla', file: SAME, fileName: 'b.jpg' },
    { siteImageId: 3, author: 'Béla', file: SAME, fileName: 'c.jpg' },
  ];

  async function crashed(damage: (trip: Exchange, files: string[]) => void = () => {}): Promise<Exchange> {
    const trip = exchange(folder(), { images: two }, { images: [] });
    await trip.carry();
    const files = photos(trip).map(([name]) => join(trip.receiver.photoFolder, name));
    uncommit(trip, 'TRUE');
    damage(trip, files);
    return trip;
  }

  const pathsByTitle = (trip: Exchange) =>
    [...trip.after().images.values()]
      .map((row) => `${String(row['author'])} ${String(row['local_path'])}`)
      .sort();

  const PLACES = [
    'Anna indafoto_archive/Anna/0/a.jpg',
    'Béla indafoto_archive/Béla/0/b.jpg',
    'Béla indafoto_archive/Béla/0/c.jpg',
  ];

  test('is adopted, each by the picture that it was for', async () => {
    const trip = await crashed();
    const before = photos(trip);
    const result = await trip.apply();
    expect(outcomesOf(result)).toEqual({ added: 3 });
    expect(result.resumed).toBe(true);
    expect(photos(trip)).toEqual(before);
    expect(pathsByTitle(trip)).toEqual(PLACES);
  });

  test.each<[string, (trip: Exchange, files: string[]) => void]>([
    ['is not whole', (_, [file]) => writeFileSync(file!, SAME.subarray(0, 100))],
    ['is an empty placeholder', (_, [file]) => writeFileSync(file!, '')],
    ['is gone', (_, [file]) => rmSync(file!)],
    [
      'has a temporary file beside it',
      (_, [file]) => writeFileSync(join(file!, '..', '.indabundle-0123abcd-1.tmp'), SAME),
    ],
  ])('costs nothing when it %s', async (_, damage) => {
    const trip = await crashed(damage);
    expect(outcomesOf(await trip.apply())).toEqual({ added: 3 });
    const after = trip.after();
    expect([...after.fileDigests.values()]).toEqual(Array(3).fill(trip.sender.images[0]!.fileDigest));
    expect(temporaries(trip)).toEqual([]);
  });

  test('stays with the row that names it by now', async () => {
    const row = `('https://example.org/x', 'indafoto_archive/Anna/0/a.jpg', NULL)`;
    const trip = await crashed(({ receiver }) =>
      changeDatabase(receiver.dir, `INSERT INTO images (url, local_path, sha256_hash) VALUES ${row}`),
    );
    expect(outcomesOf(await trip.apply())).toEqual({ added: 3 });
    const paths = [...trip.after().images.values()].map((image) => image['local_path']);
    expect(new Set(paths).size).toBe(4);
  });

  test('goes when nobody needs it any more', async () => {
    const trip = await crashed(({ receiver }) => {
      const picture = join(receiver.photoFolder, 'Anna', '0', 'crawled.jpg');
      writeFileSync(picture, SAME);
      const values = `('https://indafoto.hu/anna/image/1-00', 'indafoto_archive/Anna/0/crawled.jpg', NULL, 'Anna')`;
      changeDatabase(
        receiver.dir,
        `INSERT INTO images (page_url, local_path, sha256_hash, author) VALUES ${values}`,
      );
    });
    expect(outcomesOf(await trip.apply())).toEqual({ added: 2, present: 1 });
    expect(existsSync(join(trip.receiver.photoFolder, 'Anna', '0', 'a.jpg'))).toBe(false);
    expect(readdirSync(join(trip.receiver.photoFolder, 'Anna', '0'))).toEqual(['crawled.jpg']);
  });
});

test('a run that goes on makes no second backup', async () => {
  const trip = newTrip('stopped');
  await trip.export();
  const isBackup = (name: string) => name.includes('.backup-');
  let event = 1;
  const late = (seen: Event) => seen.type === 'phase' && seen.phase === 'finish';
  const stop = new AbortController();
  await trip
    .apply({
      backup: true,
      signal: stop.signal,
      observer: (seen) => (late(seen) ? stop.abort() : (event += 1)),
    })
    .catch(() => {});
  const again = await trip.apply({ backup: true });
  expect(readdirSync(trip.receiver.dir).filter(isBackup)).toHaveLength(1);
  expect(again.backupPath).toBeNull();
  const dump = databaseDump(trip.receiver.dir);
  await trip.apply({ backup: true });
  expect(databaseDump(trip.receiver.dir)).toEqual(dump);
});
