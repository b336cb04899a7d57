import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONG } from './counting.ts';
import { compiledShim, indabundle } from './program.ts';
import { runHere } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const shim = compiledShim();
const folder = scratchFolder();

/** The writer of a lock file was killed between its pages: the next run is not kept away by it. */
test.skipIf(shim === null)('a lock file whose writer was killed in the middle', async () => {
  const trip = new SmallTrip(folder, 6);
  await trip.makeBundle();
  const fault = { root: trip.receiver, calls: 'write', names: 'indabundle-lock', act: 'KILL' } as const;
  for (const at of [1, 2, 3, 4]) {
    trip.newReceiver();
    await indabundle(trip.applyArguments, { shim: shim!, fault: { ...fault, at } });
    const { status, stderr } = await runHere(trip.applyArguments);
    expect({ at, status, stderr }).toEqual({ at, status: 0, stderr });
    expect(trip.leftovers()).toEqual([]);
  }
});

test('a lock file that is rubbish', async () => {
  const trip = new SmallTrip(join(folder, 'rubbish'), 6);
  await trip.makeBundle();
  writeFileSync(join(trip.receiver, 'indafoto.db.indabundle-lock'), 'rubbish'.repeat(1000));
  expect((await indabundle(trip.applyArguments)).status).toBe(0);
  expect(trip.leftovers()).toEqual([]);
});

test.skipIf(shim === null)(
  'a disk that fails while the lock is written is not a damaged database',
  async () => {
    const trip = new SmallTrip(join(folder, 'failing'), 6);
    await trip.makeBundle();
    const fault = {
      root: trip.receiver,
      calls: 'read,write',
      names: 'indabundle-lock',
      act: 'EIO+',
    } as const;
    for (const at of LONG ? [1, 2, 3, 4, 5, 6, 7, 8] : [2, 6]) {
      trip.newReceiver();
      const { status, stderr } = await indabundle(trip.applyArguments, {
        shim: shim!,
        fault: { ...fault, at },
      });
      expect({ at, status, stderr }).toEqual({ at, status: expect.toBeOneOf([0, 6]), stderr });
      expect((await runHere(trip.applyArguments)).status).toBe(0);
    }
  },
);
