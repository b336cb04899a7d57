import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { EXIT } from '../../src/base/errors.ts';
import { counted, LONG } from './counting.ts';
import { type Call, callsOf, compiledShim, countedOf, type Fault, indabundle, spread } from './program.ts';
import { resumer, runHere } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder, 10);
const output = join(trip.stick, 'trip.indabundle');
const digestIn = (path: string) => digestOf(readFileSync(path));
/**
 * The short form takes one or two of each kind, amid the work: every one is two runs of the program. The
 * long form takes each, or so many.
 */
const chosen = (calls: number, most: 1 | 2, atMost = calls): number[] => {
  if (calls === 0) return [];
  if (LONG) return spread(calls, atMost);
  return most === 1
    ? [Math.ceil(calls / 2)]
    : [...new Set([Math.ceil(calls / 3), Math.ceil((calls * 2) / 3)])];
};

interface Kind extends Pick<Fault, 'calls' | 'act' | 'names'> {
  /** Set where another kind takes each of the same calls. */
  readonly atMost?: number;
}

const EVERY_CALL = 'write,sync,rename,link,open,read,unlink,mkdir,rmdir,truncate';

/** A disk that is full stays full; a bad sector or a pulled cable hits one call, or all from then on. */
const KINDS: readonly Kind[] = [
  { calls: 'write', act: 'ENOSPC+' },
  { calls: 'write', act: 'EIO' },
  { calls: 'sync', act: 'EIO' },
  { calls: 'sync', act: 'EIO+', atMost: 25 },
  { calls: 'rename,link', act: 'EIO' },
  { calls: 'rename,link,mkdir', act: 'ENOSPC+' },
  { calls: 'open', act: 'EIO' },
  { calls: 'open', act: 'ENOSPC+', atMost: 25 },
  { calls: 'read', act: 'EIO' },
  { calls: 'read,write', act: 'EIO+', atMost: 25 },
  { calls: 'unlink,rmdir', act: 'EIO' },
  // A folder that has become read-only, for everybody or for us.
  { calls: 'write,rename,link,unlink,mkdir,rmdir', act: 'EROFS+', atMost: 50 },
  { calls: 'open,mkdir,link', act: 'EACCES+', names: 'indafoto_archive' },
];
const named = KINDS.map((kind) => [`${kind.act} at ${kind.calls}`, kind] as const);

let exported = '';
let received: object = {};
let before: object = {};
beforeAll(async () => {
  before = trip.exactly();
  await trip.makeApplied();
  expect(await runHere(trip.exportArguments)).toMatchObject({ status: 0 });
  exported = digestIn(output);
  expect(await runHere(trip.applyArguments)).toMatchObject({ status: 0 });
  received = trip.received();
});

/** Rows that say that their file is there, and it is not. */
function liars(): string[] {
  const db = new Database(join(trip.receiver, 'indafoto.db'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const isThere =
      db.prepare(`SELECT name FROM sqlite_master WHERE name = 'sync_files'`).get() !== undefined;
    const done = isThere
      ? `SELECT file_path AS path, file_hash AS digest FROM sync_files WHERE status = 'completed' AND file_path IS NOT NULL UNION `
      : '';
    const rows = db
      .prepare(`${done} SELECT local_path AS path, sha256_hash AS digest FROM images WHERE id > 3`)
      .all() as { path: string; digest: string }[];
    return rows
      .filter(
        ({ path, digest }) =>
          !existsSync(join(trip.receiver, path)) || digestIn(join(trip.receiver, path)) !== digest,
      )
      .map(({ path }) => path);
  } finally {
    db.close();
  }
}

interface Subject {
  readonly args: () => string[];
  /** How it is run again. */
  readonly again: () => string[];
  readonly renew: () => void;
  /** The folder that the work changes. */
  readonly root: string;
  /** What must hold whether it failed or not. */
  readonly checkHalf: () => void;
  readonly checkWhole: () => void;
}

const subjects: Record<'apply' | 'revert' | 'export', Subject> = {
  apply: {
    args: () => trip.applyArguments,
    again: () => trip.applyArguments,
    renew: () => trip.newReceiver(),
    root: trip.receiver,
    checkHalf: () => expect(liars()).toEqual([]),
    checkWhole: () => expect(trip.received()).toEqual(received),
  },
  revert: {
    args: () => trip.revertArguments,
    again: () => trip.revertArguments,
    renew: () => trip.newApplied(),
    root: trip.receiver,
    checkHalf: () => expect(liars()).toEqual([]),
    checkWhole: () => expect(trip.exactly()).toEqual(before),
  },
  export: {
    args: () => trip.exportArguments,
    again: () => [...trip.exportArguments, '--force'],
    renew: () => trip.newStick(),
    root: trip.stick,
    checkHalf: () => existsSync(output) && expect(digestIn(output)).toBe(exported),
    checkWhole: () => expect(digestIn(output)).toBe(exported),
  },
};

const ENDS = [EXIT.whole, EXIT.environment];

describe.skipIf(shim === null).for(['apply', 'revert', 'export'] as const)('%s', (name) => {
  const { args, again, renew, root, checkHalf, checkWhole } = subjects[name];
  const runAgain = resumer();
  let undisturbed: Call[] = [];

  beforeAll(async () => {
    renew();
    undisturbed = await callsOf(shim!, args(), { root, calls: EVERY_CALL, count: join(folder, 'count') });
    checkWhole();
  });

  test.for(named)('%s: says so, keeps what is valid, and goes on later', async ([, kind], context) => {
    const { atMost, ...fault } = { root, ...kind };
    for (const at of chosen(countedOf(undisturbed, kind), name === 'apply' ? 2 : 1, atMost)) {
      renew();
      const { status, stderr } = await indabundle(args(), { shim: shim!, fault: { ...fault, at } });
      counted(context, `calls failed under ${name}`);
      expect({ at, stderr, status }).toEqual({ at, stderr, status: expect.toBeOneOf(ENDS) });
      checkHalf();
      if (status !== EXIT.whole) {
        const second = await runAgain(again());
        expect({ at, ...second }).toMatchObject({ at, stderr: second.stderr, status: EXIT.whole });
      }
      checkWhole();
      expect(trip.leftovers()).toEqual([]);
    }
  });
});

describe.skipIf(shim === null)('export', () => {
  test('a photo that cannot be read is left out and named', async (context) => {
    for (const calls of ['open', 'read']) {
      trip.newStick();
      const fault: Fault = { root: trip.sender, names: '.jpg', calls, at: 3, act: 'EIO' };
      const ran = await indabundle([...trip.exportArguments, '--json'], { shim: shim!, fault });
      expect([ran.status, ran.stderr]).toEqual([EXIT.partial, expect.anything()]);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        result: { omittedTotal: 1, omittedByReason: { unreadable: 1 } },
      });
      counted(context, 'calls failed under export');
    }
  });
});
