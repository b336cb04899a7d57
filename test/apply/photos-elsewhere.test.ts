import { mkdirSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Event, exportBundle, verifyBundle, writeCatalog } from '../../src/index.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const images = [1, 2, 3].map((siteImageId) => ({ siteImageId }));

/** Both have the same pictures; whoever is away has the photos on a disk that is not plugged in. */
function withoutDisk(away: 'sender' | 'receiver'): Exchange {
  const trip = exchange(folder(), { images }, { images });
  if (away === 'receiver') return trip;
  renameSync(trip.sender.photoFolder, `${trip.sender.photoFolder}-away`);
  return trip;
}

const noticesOf = async (work: (observer: (event: Event) => void) => Promise<unknown>) => {
  const notices: string[] = [];
  await work((event) => void (event.type === 'notice' && notices.push(event.notice)));
  return notices;
};

describe('photos that are on a disk that is not there', () => {
  test('are missed before an apply writes anything', async () => {
    const trip = withoutDisk('receiver');
    await trip.export();
    expect(await noticesOf((observer) => trip.apply({ dryRun: true, observer }))).not.toContain(
      'own-photos-missing',
    );
    renameSync(trip.receiver.photoFolder, `${trip.receiver.photoFolder}-away`);
    const notices = await noticesOf((observer) => trip.apply({ dryRun: true, observer }));
    expect(notices).toContain('own-photos-missing');
  });

  test('are missed by an export, which does not say that nothing matches', async () => {
    const trip = withoutDisk('sender');
    const notices = await noticesOf((observer) => trip.export({ observer }));
    expect(notices).toContain('own-photos-missing');
    expect(notices).not.toContain('nothing-selected');
  });

  test("are called one's own by a catalogue", async () => {
    const { sender } = withoutDisk('sender');
    const output = join(folder(), 'own.indacatalog');
    const notices = await noticesOf((observer) =>
      writeCatalog({ db: sender.databasePath, output, observer }),
    );
    expect(notices).toContain('own-photos-believed');
    expect(notices).not.toContain('photo-folder-missing');
  });
});

test("a photo that was cut short at the sender's is no reason to think that ours is damaged", async () => {
  const trip = exchange(folder(), { images }, { images });
  truncateSync(join(trip.sender.dir, trip.sender.images[0]!.localPath!), 10);
  expect(await trip.export()).toMatchObject({ omittedTotal: 1 });
  const db = trip.receiver.databasePath;
  expect((await verifyBundle({ input: trip.bundle, db })).wouldApply).toMatchObject({
    present: 3,
    failed: 0,
  });
  expect(outcomesOf(await trip.apply())).toEqual({ present: 3 });
  const selection = { kind: 'for', database: db } as const;
  expect(await exportBundle({ db: trip.sender.databasePath, selection, dryRun: true })).toMatchObject({
    records: 0,
  });
});

test('no export takes the place of a photo', async () => {
  const trip = exchange(folder(), { images }, { images: [] });
  const output = join(trip.sender.dir, trip.sender.images[0]!.localPath!);
  mkdirSync(join(trip.sender.photoFolder, 'more'));
  for (const path of [output, join(trip.sender.photoFolder, 'more', 'new.indabundle')])
    await expect(trip.export({ output: path, force: true })).rejects.toMatchObject({ code: 'option-value' });
});
