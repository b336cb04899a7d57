import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { counted, LONG } from './counting.ts';
import { compiledShim, callsOf, type Fault, indabundle, spread } from './program.ts';
import { resumer } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const CHANGES = 'write,sync,rename,link,open,unlink,mkdir,rmdir,truncate';
const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder, 12);
const DISKS: Record<string, Partial<Fault>> = {
  'a disk with links': {},
  'a disk without links': { nolinks: true },
};

let before: object = {};
let received: object = {};
beforeAll(async () => {
  before = trip.exactly();
  await trip.makeApplied();
  received = trip.received();
});

/** The apply that was begun, or null where it was killed before it could say so. */
function begun(): string | null {
  const db = new Database(join(trip.receiver, 'indafoto.db'));
  try {
    const has = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'sync_operations'`).get() !== undefined;
    const id = has && db.prepare<[], string>('SELECT operation_id FROM sync_operations').pluck().get();
    return id || null;
  } finally {
    db.close();
  }
}

describe.skipIf(shim === null).for(Object.keys(DISKS))('an apply that was killed on %s', (disk) => {
  const fault: Fault = { root: trip.receiver, calls: CHANGES, ...DISKS[disk] };
  const runAgain = resumer();
  let calls = 0;
  beforeAll(async () => {
    trip.newReceiver();
    const count = join(folder, 'count');
    calls = (await callsOf(shim!, trip.applyArguments, { ...fault, count })).length;
    expect(trip.received()).toEqual(received);
  });
  const places = (most: number) => spread(calls, most);
  const killed = async (at: number) => {
    trip.newReceiver();
    const { signal } = await indabundle(trip.applyArguments, {
      shim: shim!,
      fault: { ...fault, at, act: 'KILL' },
    });
    return signal === 'SIGKILL';
  };

  test('goes on to the same end', async (context) => {
    // With links, `kill-apply` goes through each.
    for (const at of places(LONG && fault.nolinks ? calls : 5)) {
      if (!(await killed(at))) continue;
      counted(context, 'runs of apply killed');
      // Only the shim takes the links away.
      const { status, stderr } = fault.nolinks
        ? await indabundle(trip.applyArguments, { shim: shim!, fault })
        : await runAgain(trip.applyArguments);
      expect({ at, status, stderr }).toEqual({ at, status: EXIT.whole, stderr });
      expect(trip.received()).toEqual(received);
      expect(trip.leftovers()).toEqual([]);
    }
  });

  test('can be taken back as far as it came', async (context) => {
    for (const at of places(LONG ? calls : 8)) {
      if (!(await killed(at))) continue;
      const operation = begun();
      if (operation === null) continue;
      counted(context, 'runs of apply killed');
      const { status, stderr } = await runAgain([
        'revert',
        operation,
        '--db',
        join(trip.receiver, 'indafoto.db'),
        '--yes',
        '--no-backup',
      ]);
      expect({ at, status, stderr }).toEqual({ at, status: EXIT.whole, stderr });
      expect([at, trip.exactly()]).toEqual([at, before]);
      expect(trip.leftovers()).toEqual([]);
    }
  });
});
