import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { dumpWithoutBooks, rowsOf } from '../support/database-dump.ts';
import { exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KILLS = 20;

/** Runs the compiled program and kills it after a while, as a power cut would; true when it came to its end. */
async function applyFor(milliseconds: number, bundle: string, database: string): Promise<boolean> {
  const args = ['apply', bundle, '--db', database, '--no-backup', '--yes', '--quiet'];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('exit', (code, name) => resolve([code, name]));
  });
  clearTimeout(timer);
  expect([status, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGKILL']);
  return signal === null;
}

/** The same moments in every run of this test, as far as a machine can repeat them. */
function* moments(): Generator<number> {
  for (let state = 7; ; state = (state * 48_271) % 2_147_483_647) yield 200 + (state % 600);
}

test('killed at twenty moments and run again, an apply comes to the same', async () => {
  const authors = ['Anna', 'Béla', 'Cili'];
  const images = Array.from({ length: 400 }, (_, at) => ({
    author: authors[at % 3]!,
    tags: [`${at % 7}`],
  }));
  const trip = exchange(folder(), { images }, { images: [{ siteImageId: 9, tags: ['1'] }] });
  const pristine = join(folder(), 'pristine');
  cpSync(trip.receiver.dir, pristine, { recursive: true });
  const result = await trip.carry();
  expect(result.outcomes.added).toBe(400);
  const photos = (dir: string) => [...fileTree(join(dir, 'indafoto_archive'))];
  const expected = { rows: dumpWithoutBooks(trip.receiver.dir), photos: photos(trip.receiver.dir) };

  const delays = moments();
  for (let kills = 0, number = 0; kills < KILLS || number === 0; number += 1) {
    const dir = join(folder(), `receiver ${number}`);
    cpSync(pristine, dir, { recursive: true });
    const database = join(dir, 'indafoto.db');
    for (; kills < KILLS; kills += 1) {
      if (await applyFor(delays.next().value as number, trip.bundle, database)) break;
      const { images: rows, fileDigests, integrity } = readArchive(dir);
      const broken = [...rows].filter(([id, row]) => fileDigests.get(id) !== row['sha256_hash']);
      expect([integrity, broken]).toEqual(['ok', []]);
    }
    expect(await applyFor(600_000, trip.bundle, database)).toBe(true);
    expect({ rows: dumpWithoutBooks(dir), photos: photos(dir) }).toEqual(expected);
    expect(rowsOf(dir, 'SELECT status, processed_files FROM sync_operations')).toEqual([
      { status: 'completed', processed_files: 400 },
    ]);
  }
});
