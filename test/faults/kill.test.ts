import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { counted, LONG, seeded } from './counting.ts';
import { compiledShim, countCalls, indabundle, spread } from './program.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const CHANGES = 'write,sync,rename,link,open,unlink,mkdir,rmdir,truncate';
const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder);
const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const output = join(trip.stick, 'trip.indabundle');

interface Subject {
  readonly args: () => readonly string[];
  /** What there is when everything is done, in a form that can be compared. */
  readonly state: () => unknown;
  readonly renew: () => void;
  /** The folder that the work changes. */
  readonly root: string;
}

type Name = 'export' | 'apply' | 'revert';
const NAMES: readonly Name[] = ['export', 'apply', 'revert'];

const subjects: Record<Name, Subject> = {
  export: {
    args: () => trip.exportArguments,
    state: () => digestOf(output),
    renew: () => trip.newStick(),
    root: trip.stick,
  },
  apply: {
    args: () => trip.applyArguments,
    state: () => trip.received(),
    renew: () => trip.newReceiver(),
    root: trip.receiver,
  },
  revert: {
    args: () => trip.revertArguments,
    state: () => trip.exactly(),
    renew: () => trip.newApplied(),
    root: trip.receiver,
  },
};
const undisturbed: Record<string, unknown> = {};

beforeAll(async () => {
  const before = trip.exactly();
  await trip.makeApplied();
  for (const [name, { args, state, renew }] of Object.entries(subjects)) {
    renew();
    expect(await indabundle(args())).toMatchObject({ status: 0 });
    undisturbed[name] = state();
  }
  expect(undisturbed['revert']).toEqual(before);
});

/** Runs again, undisturbed: everything is as if nobody had been killed. */
async function finish(name: Name): Promise<void> {
  const { args, state } = subjects[name];
  // An export that was killed when the bundle was whole, and had taken its leave, finds it there.
  const expected = isFinished(name) ? EXIT.usage : EXIT.whole;
  const { status, stderr } = await indabundle(args());
  expect([status, stderr]).toEqual([expected, expect.any(String)]);
  expect(state()).toEqual(undisturbed[name]);
  expect(trip.leftovers()).toEqual([]);
}

/** True when the export had finished all but taking its leave. */
const isFinished = (name: Name) => name === 'export' && existsSync(output) && !existsSync(`${output}.plan`);

async function killedAt(name: Name, at: number, context: TestContext): Promise<void> {
  const { args, root } = subjects[name];
  const { signal, status } = await indabundle(args(), {
    shim: shim!,
    fault: { root, calls: CHANGES, at, act: 'KILL' },
  });
  expect([signal, status]).toEqual(signal === 'SIGKILL' ? ['SIGKILL', null] : [null, 0]);
  if (signal !== null) counted(context, `runs of ${name} killed`);
}

describe.skipIf(shim === null)('killed at a system call', () => {
  test.for(NAMES)('%s is resumed to the same end', async (name, context) => {
    const { args, root, renew } = subjects[name];
    renew();
    const calls = await countCalls(shim!, args(), { root, calls: CHANGES, count: join(folder, 'count') });
    for (const at of spread(calls, LONG ? calls : 8)) {
      renew();
      await killedAt(name, at, context);
      await finish(name);
    }
  });

  test.for(NAMES)(
    '%s is resumed to the same end when it is killed again and again',
    async (name, context) => {
      const random = seeded(name.length);
      for (let turn = 0; turn < (LONG ? 60 : 1); turn += 1) {
        subjects[name].renew();
        for (let kills = 0; kills < 11; kills += 1) {
          await killedAt(name, 1 + Math.floor(random() * 60), context);
          if (isFinished(name)) break;
        }
        await finish(name);
      }
    },
  );
});

describe('killed at a moment that nobody chose', () => {
  test.for(NAMES)('%s is resumed to the same end', async (name, context) => {
    const random = seeded(7);
    for (let turn = 0; turn < (LONG ? 400 : 5); turn += 1) {
      subjects[name].renew();
      const { signal } = await indabundle(subjects[name].args(), { killAfter: 150 + random() * 500 });
      if (signal !== null) counted(context, `runs of ${name} killed`);
      await finish(name);
    }
  });
});
