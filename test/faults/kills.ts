import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { EXIT } from '../../src/base/errors.ts';
import { counted, randomOf, seeded } from './counting.ts';
import { killedAtWork, workingTime } from './kill-moments.ts';
import { callsOf, compiledShim, indabundle, type Ran, spread } from './program.ts';
import { resumer, runHere } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const CHANGES = 'write,sync,rename,link,open,unlink,mkdir,rmdir,truncate';

/** Calls within which work is killed again and again: so many that an export has begun to write its frames. */
const REACH = 100;

export type Name = 'export' | 'apply' | 'revert';

interface Subject {
  readonly args: readonly string[];
  /** What there is when everything is done, in a form that can be compared. */
  readonly state: () => unknown;
  readonly renew: () => void;
  /** The folder that the work changes. */
  readonly root: string;
}

interface Amounts {
  /** Kills at system calls that nobody chose, or at each that an undisturbed run makes. */
  readonly calls: number | 'each';
  /** Kills at moments by the clock. */
  readonly moments: number;
  /** Times that one piece of work is killed again and again. */
  readonly rounds: number;
}

function subjectOf(name: Name, trip: SmallTrip, output: string): Subject {
  const bundleDigest = () => digestOf(readFileSync(output));
  const newReceiver = { renew: () => trip.newReceiver(), root: trip.receiver };
  const subjects: Record<Name, () => Subject> = {
    export: () => ({
      args: trip.exportArguments,
      state: bundleDigest,
      renew: () => trip.newStick(),
      root: trip.stick,
    }),
    apply: () => ({ args: trip.applyArguments, state: () => trip.received(), ...newReceiver }),
    revert: () => ({
      args: trip.revertArguments,
      state: () => trip.exactly(),
      renew: () => trip.newApplied(),
      root: trip.receiver,
    }),
  };
  return subjects[name]();
}

/** The tests of one command that is killed and run again: as if nobody had killed it. */
export function testKills(name: Name, amounts: Amounts): void {
  const shim = compiledShim();
  const folder = scratchFolder();
  const trip = new SmallTrip(folder);
  const output = join(trip.stick, 'trip.indabundle');
  const runAgain = resumer();
  let subject: Subject;
  let undisturbed: unknown;

  beforeAll(async () => {
    const before = trip.exactly();
    await trip.makeApplied();
    subject = subjectOf(name, trip, output);
    subject.renew();
    expect(await runHere(subject.args)).toMatchObject({ status: 0 });
    undisturbed = subject.state();
    if (name === 'revert') expect(undisturbed).toEqual(before);
  });

  /** True when the export had finished all but taking its leave. */
  const isFinished = () => name === 'export' && existsSync(output) && !existsSync(`${output}.plan`);

  async function finish(): Promise<void> {
    // An export that was killed when the bundle was whole, and had taken its leave, finds it there.
    const expected = isFinished() ? EXIT.usage : EXIT.whole;
    const { status, stderr } = await runAgain(subject.args);
    expect([status, stderr]).toEqual([expected, stderr]);
    expect(subject.state()).toEqual(undisturbed);
    expect(trip.leftovers()).toEqual([]);
  }

  /** Whether the kill came before the end. */
  function wasKilled({ signal, status }: Ran, where: string, context: TestContext): boolean {
    expect([signal, status]).toEqual(signal === 'SIGKILL' ? ['SIGKILL', null] : [null, 0]);
    if (signal !== null) counted(context, `runs of ${name} killed at ${where}`);
    return signal !== null;
  }

  async function killedAtCall(at: number, where: string, context: TestContext): Promise<boolean> {
    const fault = { root: subject.root, calls: CHANGES, at, act: 'KILL' } as const;
    return wasKilled(await indabundle(subject.args, { shim: shim!, fault }), where, context);
  }

  describe.skipIf(shim === null)(`${name}, killed at a system call`, () => {
    test('is resumed to the same end', async (context) => {
      subject.renew();
      const fault = { root: subject.root, calls: CHANGES, count: join(folder, 'count') };
      const { length } = await callsOf(shim!, subject.args, fault);
      const each = amounts.calls === 'each';
      for (const at of each ? spread(length, length) : randomOf(length, Number(amounts.calls))) {
        subject.renew();
        await killedAtCall(at, each ? 'each system call' : 'a random system call', context);
        await finish();
      }
    });

    test('is resumed to the same end when it is killed again and again', async (context) => {
      const random = seeded(name.length);
      for (let turn = 0; turn < amounts.rounds; turn += 1) {
        subject.renew();
        for (let kills = 0; kills < 11; kills += 1) {
          await killedAtCall(1 + Math.floor(random() * REACH), 'a random system call', context);
          if (isFinished()) break;
        }
        await finish();
      }
    });
  });

  test(`${name}, killed at a moment that nobody chose, is resumed to the same end`, async (context) => {
    const random = seeded(7);
    subject.renew();
    const milliseconds = await workingTime(subject.args, subject.root);
    let kills = 0;
    for (let turn = 0; kills < amounts.moments && turn < 3 * amounts.moments; turn += 1) {
      subject.renew();
      const ran = await killedAtWork(subject.args, subject.root, random() * milliseconds);
      if (wasKilled(ran, 'a random moment', context)) kills += 1;
      await finish();
    }
    expect(kills).toBe(amounts.moments);
  });
}
