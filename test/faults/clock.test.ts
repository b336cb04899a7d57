import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { verifyBundle } from '../../src/verify/verify-bundle.ts';
import { counted } from './counting.ts';
import { compiledShim, callsOf, indabundle } from './program.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

/** Each look at the clock finds it an hour earlier than the last, from twenty years ago on. */
const BACKWARDS = `data:text/javascript,${encodeURIComponent(`
  const Real = Date;
  let looks = 20 * 365 * 24;
  const now = () => Real.now() - 3600e3 * looks++;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(now()); }
    static now() { return now(); }
  };`)}`;
const node = ['--import', BACKWARDS];

const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder, 12);
const output = join(trip.stick, 'trip.indabundle');
const CALLS = 'write,sync,rename,link,unlink,mkdir';

let received: object = {};
let before: object = {};
beforeAll(async () => {
  before = trip.exactly();
  await trip.makeApplied();
  received = trip.received();
});

/** The clock goes backwards from the first run to the second, and within both. */
describe.skipIf(shim === null)('while the clock goes backwards', () => {
  const subjects = {
    apply: {
      args: () => trip.applyArguments,
      renew: () => trip.newReceiver(),
      root: trip.receiver,
      check: () => expect(trip.received()).toEqual(received),
    },
    revert: {
      args: () => trip.revertArguments,
      renew: () => trip.newApplied(),
      root: trip.receiver,
      check: () => expect(trip.exactly()).toEqual(before),
    },
    export: {
      // Without the fixed time: it is the clock's.
      args: () => trip.exportArguments.slice(0, -4),
      renew: () => trip.newStick(),
      root: trip.stick,
      check: async () => expect((await verifyBundle({ input: output })).verdict).toBe('whole'),
    },
  };

  test.for(['apply', 'revert', 'export'] as const)(
    '%s is stopped, goes on, and comes to the same end',
    async (name, context) => {
      const { args, renew, root, check } = subjects[name];
      renew();
      const fault = { root, calls: CALLS };
      const { length: calls } = await callsOf(shim!, args(), { ...fault, count: join(folder, 'count') });
      await check();
      for (const at of [Math.ceil(calls / 3), Math.ceil((calls * 2) / 3)]) {
        renew();
        const killed = await indabundle(args(), { shim: shim!, fault: { ...fault, at, act: 'KILL' } });
        expect(killed.signal).toBe('SIGKILL');
        counted(context, `runs of ${name} killed`);
        if (name === 'export') expect(existsSync(output)).toBe(false);
        const { status, stderr } = await indabundle(args(), { node });
        expect({ at, status, stderr }).toEqual({ at, status: EXIT.whole, stderr });
        await check();
        expect(trip.leftovers()).toEqual([]);
      }
    },
  );
});
