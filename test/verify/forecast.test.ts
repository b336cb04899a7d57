import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { verifyBundle } from '../../src/index.ts';
import { words } from '../cli/demo-archives.ts';
import { exchange, type Exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const picture = (siteImageId: number, size = 300_000) => ({
  siteImageId,
  file: uniqueJpeg(`picture ${siteImageId}`, size),
});

/** A bundle of twelve pictures, two of which the receiver has; of its photos some, or all, are damaged. */
async function damagedTrip(from: number, size?: number): Promise<Exchange> {
  const images = Array.from({ length: 12 }, (_, at) => picture(at + 1, size));
  const trip = exchange(folder(), { images }, { images: images.slice(0, 2) });
  await trip.export();
  const bytes = readFileSync(trip.bundle);
  for (let at = Math.floor(bytes.length * from); at < bytes.length - 60_000; at += 100_000) bytes[at]! ^= 1;
  writeFileSync(trip.bundle, bytes);
  return trip;
}

test('what a damaged bundle would do to an archive is what applying it then does', async () => {
  const trip = await damagedTrip(0.6);
  const db = trip.receiver.databasePath;
  const { wouldApply, lostTotal } = await verifyBundle({ input: trip.bundle, db });
  expect(lostTotal).toBeGreaterThan(0);
  expect(wouldApply!.added).toBeGreaterThan(0);
  const { outcomes } = await trip.apply();
  expect(outcomes).toEqual(wouldApply);
});

test('a bundle without a whole photo is not said to be worth applying', async () => {
  const trip = await damagedTrip(0.02);
  const db = trip.receiver.databasePath;
  const { out } = await words(['verify', trip.bundle, '--db', db, '--lang', 'en']);
  expect(out).toMatch(/failed +10/);
  expect(out).toContain('None of its photos is whole');
  expect(out).not.toContain('indabundle apply');
});

test('a dry run that met damage says that some of what it tells will fail', async () => {
  const trip = await damagedTrip(0.5, 20_000);
  const command = ['apply', trip.bundle, '--db', trip.receiver.databasePath, '--dry-run', '--lang', 'en'];
  const { out, status } = await words(command);
  expect([status, out.includes('The bundle is damaged')]).toEqual([3, true]);
});
