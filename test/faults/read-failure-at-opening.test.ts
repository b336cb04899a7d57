import { expect, test } from 'vitest';
import { join } from 'node:path';
import { LONG } from './counting.ts';
import { compiledShim, indabundle } from './program.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const shim = compiledShim();
const folder = scratchFolder();

/** A disk that stops giving what is on it while the database is opened is no damaged database. */
test.skipIf(shim === null)('the disk fails while the database is opened', async () => {
  const trip = new SmallTrip(folder, 6);
  await trip.makeBundle();
  for (const act of ['EIO', 'EIO+'] as const) {
    for (let at = LONG ? 1 : 4; at <= 30; at += LONG ? 1 : 9) {
      trip.newReceiver();
      const fault = {
        root: join(trip.receiver, 'indafoto.db'),
        calls: 'read',
        names: 'indafoto.db',
        act,
        at,
      };
      const { status, stderr } = await indabundle(trip.applyArguments, { shim: shim!, fault });
      expect({ act, at, status, stderr }).toEqual({ act, at, status: expect.toBeOneOf([0, 6]), stderr });
    }
  }
});
