import { createReadStream, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import type { Event } from '../../src/index.ts';
import { changeDatabase, dumpWithoutBooks, rowsOf } from '../support/database-dump.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const IMAGES = [1, 2, 3, 4].map((id) => ({ siteImageId: id, author: `Szerző ${id % 2}`, tags: ['tó'] }));

/** A bundle that was applied to an archive that had none of it. */
async function applied(name: string): Promise<{ trip: Exchange; photo: string; id: number }> {
  const trip = exchange(folder(name), { images: IMAGES }, { images: [{ siteImageId: 9 }] });
  await trip.export();
  await trip.apply();
  const [row] = rowsOf<{ id: number; path: string }>(
    trip.receiver.dir,
    `SELECT id, local_path AS path FROM images WHERE page_url LIKE '%image/2-%' OR url LIKE '%/2_%'`,
  );
  return { trip, photo: join(trip.receiver.dir, row!.path), id: row!.id };
}

const state = ({ receiver }: Exchange) => ({
  rows: dumpWithoutBooks(receiver.dir),
  photos: [...fileTree(receiver.photoFolder)],
});

describe('a bundle that was applied before', () => {
  test('changes nothing, and says so', async () => {
    const { trip } = await applied('again');
    const before = state(trip);
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    const result = await trip.apply({ observer });
    expect(outcomesOf(result)).toEqual({ present: 4 });
    expect(result).toMatchObject({ doneBefore: 4, operationId: null, backupPath: null, bytesWritten: 0 });
    expect(result.findings).toEqual([]);
    expect(notices).toContain('already-applied');
    expect(state(trip)).toEqual(before);
  });

  test('is called damaged where this copy of it was cut short', async () => {
    const { trip } = await applied('cut');
    const before = state(trip);
    truncateSync(trip.bundle, 4_000);
    const result = await trip.apply();
    expect(result).toMatchObject({ doneBefore: 4, operationId: null });
    expect(result.findings.map(({ gravity }) => gravity)).toContain('damage');
    expect(state(trip)).toEqual(before);
  });

  test.each(['a file', 'a stream'])('says again what the sender left out, as %s', async (kind) => {
    const trip = exchange(folder(kind), { images: IMAGES }, { images: [{ siteImageId: 9 }] });
    const [lost] = rowsOf<{ path: string }>(trip.sender.dir, 'SELECT local_path AS path FROM images LIMIT 1');
    rmSync(join(trip.sender.dir, lost!.path));
    await trip.export();
    const first = await trip.apply();
    const before = state(trip);
    const again = await trip.apply(kind === 'a file' ? {} : { input: createReadStream(trip.bundle) });
    expect(outcomesOf(again)).toEqual({ present: 3 });
    expect(again).toMatchObject({ operationId: null, findingsTotal: 1 });
    expect(again.findings).toEqual(first.findings);
    expect(again.findings[0]).toMatchObject({ code: 'file-omitted' });
    expect(state(trip)).toEqual(before);
  });

  test.each<[string, (photo: string) => void]>([
    ['is gone', (photo) => rmSync(photo)],
    ['is cut short', (photo) => truncateSync(photo, 100)],
    ['is empty', (photo) => writeFileSync(photo, '')],
  ])('brings back a photo that %s', async (name, harm) => {
    const { trip, photo } = await applied(name);
    harm(photo);
    expect(outcomesOf(await trip.apply())).toEqual({ present: 3, restored: 1 });
    expect((await trip.apply({ checkLocal: true })).outcomes.present).toBe(4);
  });

  test('brings back an image whose row is gone', async () => {
    const { trip, photo, id } = await applied('row gone');
    changeDatabase(trip.receiver.dir, `DELETE FROM images WHERE id = ${id}`);
    rmSync(photo);
    expect(outcomesOf(await trip.apply())).toEqual({ present: 3, added: 1 });
  });

  test('finds other bytes of the same length when asked to look', async () => {
    const { trip, photo } = await applied('other bytes');
    const { size } = rowsOf<{ size: number }>(
      trip.receiver.dir,
      `SELECT CAST(old AS INTEGER) AS size FROM indabundle_journal WHERE "column" = 'size' LIMIT 1`,
    )[0]!;
    writeFileSync(photo, uniqueJpeg('other', size));
    expect((await trip.apply({ checkLocal: true })).outcomes.present).toBe(3);
  });

  test('sees by its row that a photo of the same length is another now', async () => {
    const { trip, photo, id } = await applied('edited');
    const edited = uniqueJpeg('edited', statSync(photo).size);
    writeFileSync(photo, edited);
    changeDatabase(trip.receiver.dir, `UPDATE images SET sha256_hash = '${sha256(edited)}' WHERE id = ${id}`);
    expect(outcomesOf(await trip.apply())).toEqual({ present: 3, conflict: 1 });
  });
});
