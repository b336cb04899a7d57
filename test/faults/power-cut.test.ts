import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { applyBundle } from '../../src/apply/apply-bundle.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import { revert } from '../../src/revert/revert.ts';
import { counted, LONG, seeded } from './counting.ts';
import { Disk, type Luck, readTrace, type Step } from './disk-replay.ts';
import { compiledShim, indabundle, spread } from './program.ts';
import { runHere } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder, 10);
const trace = join(folder, 'trace');
const rebuilt = join(folder, 'rebuilt');
const output = join(trip.stick, 'trip.indabundle');
const CUTS = LONG ? Number.POSITIVE_INFINITY : 60;
const RESUMED = LONG ? 1 : 12;
const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

let before: object = {};
let received: object = {};
let exported = '';
beforeAll(async () => {
  before = trip.exactly();
  await trip.makeApplied();
  trip.newReceiver();
  expect(await runHere(trip.applyArguments)).toMatchObject({ status: 0 });
  received = trip.received();
  expect(await runHere(trip.exportArguments)).toMatchObject({ status: 0 });
  exported = digestOf(output);
});

/** Runs with a trace; answers the disk as it was before, and the steps. */
async function traced(args: readonly string[], root: string): Promise<{ steps: Step[]; before: string }> {
  const before = join(folder, 'before');
  for (const path of [before, trace]) rmSync(path, { recursive: true, force: true });
  cpSync(root, before, { recursive: true });
  expect(await indabundle(args, { shim: shim!, fault: { root, trace } })).toMatchObject({ status: 0 });
  return { steps: readTrace(trace), before };
}

/** The state behind the first `steps` of a trace, with luck or without. */
function cut(disk: Disk, root: string, luck: Luck): void {
  rmSync(rebuilt, { recursive: true, force: true });
  mkdirSync(rebuilt);
  disk.rebuild(root, rebuilt, luck);
}

/** Three worlds: nothing unsynced arrived, everything did, or some of it. */
const lucks = (seed: number): Luck[] => {
  const random = seeded(seed);
  return ['none', 'all', () => random() < 0.5];
};

/** Rows that say that their file is there, and it is not. */
function liars(dir: string): string[] {
  const db = new Database(join(dir, 'indafoto.db'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const has = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'sync_files'`).get() !== undefined;
    const done = has
      ? `UNION SELECT file_path, file_hash FROM sync_files WHERE status = 'completed' AND file_path <> ''`
      : '';
    const rows = db
      .prepare(`SELECT local_path AS path, sha256_hash AS digest FROM images WHERE id > 3 ${done}`)
      .all() as { path: string; digest: string }[];
    const isWhole = ({ path, digest }: { path: string; digest: string }) =>
      existsSync(join(dir, path)) && digestOf(join(dir, path)) === digest;
    return rows.filter((row) => !isWhole(row)).map(({ path }) => path);
  } finally {
    db.close();
  }
}

/** What is cut: a run of the program in one folder, what must hold wherever it is cut, and the next run. */
interface Subject {
  readonly args: readonly string[];
  readonly root: string;
  /** Looks at the disk behind a cut. */
  readonly holds: (at: number) => void;
  readonly resume: (at: number) => Promise<void>;
}

async function cutEverywhere(
  { args, root, holds, resume }: Subject,
  undisturbed: () => void,
  context: TestContext,
): Promise<void> {
  const disk = new Disk(root);
  const { steps } = await traced(args, root);
  undisturbed();
  const cuts = new Set(spread(steps.length, CUTS));
  let number = 0;
  for (const [at, step] of steps.entries()) {
    disk.follow(step);
    if (!cuts.has(at + 1)) continue;
    for (const luck of lucks(at)) {
      cut(disk, root, luck);
      holds(at);
      counted(context, 'power cuts');
      if ((number += 1) % RESUMED === 0) await resume(at);
    }
  }
}

/** The receiver's folder is as the cut left it. */
function moveIn(): void {
  rmSync(trip.receiver, { recursive: true, force: true });
  cpSync(rebuilt, trip.receiver, { recursive: true });
}

const noLiars = (at: number) => expect([at, liars(rebuilt)]).toEqual([at, []]);

describe.skipIf(shim === null)('the power fails', () => {
  test('during an apply: no row speaks of a file that is not whole, and the next run finishes', async (context) => {
    trip.newReceiver();
    const resume = async () => {
      await applyBundle({ input: trip.bundle, db: join(rebuilt, 'indafoto.db'), backup: false });
      moveIn();
      expect(trip.received()).toEqual(received);
      expect(trip.leftovers()).toEqual([]);
    };
    const subject = { args: trip.applyArguments, root: trip.receiver, holds: noLiars, resume };
    await cutEverywhere(subject, () => expect(trip.received()).toEqual(received), context);
  });

  test('during a revert: no row lacks its file, and the next run finishes', async (context) => {
    trip.newApplied();
    const resume = async (at: number) => {
      moveIn();
      await revert({
        db: join(trip.receiver, 'indafoto.db'),
        operationId: trip.operationId,
        backup: false,
      });
      expect([at, trip.exactly()]).toEqual([at, before]);
      expect(trip.leftovers()).toEqual([]);
    };
    const subject = { args: trip.revertArguments, root: trip.receiver, holds: noLiars, resume };
    await cutEverywhere(subject, () => expect(trip.exactly()).toEqual(before), context);
  });

  test('during an export: what bears its name is whole, and the next run finishes', async (context) => {
    trip.newStick();
    const path = join(rebuilt, 'trip.indabundle');
    const holds = (at: number) => {
      if (existsSync(path)) expect([at, digestOf(path)]).toEqual([at, exported]);
    };
    const resume = async () => {
      const same = { created: '2026-03-14T10:15:00Z', exportId: 'trip', force: true } as const;
      const db = join(trip.sender, 'indafoto.db');
      await exportBundle({ db, selection: { kind: 'all' }, output: path, ...same });
      expect(digestOf(path)).toBe(exported);
    };
    const subject = { args: trip.exportArguments, root: trip.stick, holds, resume };
    await cutEverywhere(subject, () => expect(digestOf(output)).toBe(exported), context);
  });
});
