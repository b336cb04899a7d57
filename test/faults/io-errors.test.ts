import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { counted, LONG } from './counting.ts';
import { compiledShim, countCalls, type Fault, indabundle, spread } from './program.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const shim = compiledShim();
const folder = scratchFolder();
const trip = new SmallTrip(folder, 10);
const output = join(trip.stick, 'trip.indabundle');
const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** The short form takes two of each kind, amid the work: every one is two runs of the program. */
const chosen = (calls: number): number[] =>
  LONG ? spread(calls, calls) : [...new Set([Math.ceil(calls / 3), Math.ceil((calls * 2) / 3)])];

type Kind = Pick<Fault, 'calls' | 'act'>;

/** A disk that is full stays full; a bad sector or a pulled cable hits one call, or all from then on. */
const KINDS: readonly Kind[] = [
  { calls: 'write', act: 'ENOSPC+' },
  { calls: 'write', act: 'EIO' },
  { calls: 'sync', act: 'EIO' },
  { calls: 'sync', act: 'EIO+' },
  { calls: 'rename,link', act: 'EIO' },
  { calls: 'rename,link,mkdir', act: 'ENOSPC+' },
  { calls: 'open', act: 'EIO' },
  { calls: 'open', act: 'ENOSPC+' },
  { calls: 'read', act: 'EIO' },
  { calls: 'read,write', act: 'EIO+' },
];
const named = KINDS.map((kind) => [`${kind.act} at ${kind.calls}`, kind] as const);

let exported = '';
let received: object = {};
beforeAll(async () => {
  await trip.makeBundle();
  expect(await indabundle(trip.exportArguments)).toMatchObject({ status: 0 });
  exported = digestOf(output);
  expect(await indabundle(trip.applyArguments)).toMatchObject({ status: 0 });
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
          !existsSync(join(trip.receiver, path)) || digestOf(join(trip.receiver, path)) !== digest,
      )
      .map(({ path }) => path);
  } finally {
    db.close();
  }
}

describe.skipIf(shim === null)('apply', () => {
  test.for(named)('%s: says so, keeps what is valid, and goes on later', async ([, kind], context) => {
    const fault = { root: trip.receiver, ...kind };
    trip.newReceiver();
    const calls = await countCalls(shim!, trip.applyArguments, { ...fault, count: join(folder, 'count') });
    for (const at of chosen(calls)) {
      trip.newReceiver();
      const ran = await indabundle(trip.applyArguments, { shim: shim!, fault: { ...fault, at } });
      counted(context, 'calls failed under apply');
      expect([at, ran.status === EXIT.whole ? 'survived' : ran.status, ran.stderr]).toEqual([
        at,
        expect.toBeOneOf(['survived', EXIT.environment]),
        expect.anything(),
      ]);
      expect(liars()).toEqual([]);
      if (ran.status !== EXIT.whole) expect((await indabundle(trip.applyArguments)).status).toBe(EXIT.whole);
      expect(trip.received()).toEqual(received);
      expect(trip.leftovers()).toEqual([]);
    }
  });
});

describe.skipIf(shim === null)('export', () => {
  test.for(named)('%s: says so, and goes on later', async ([, kind], context) => {
    const fault = { root: trip.stick, ...kind };
    trip.newStick();
    const calls = await countCalls(shim!, trip.exportArguments, { ...fault, count: join(folder, 'count') });
    for (const at of chosen(calls)) {
      trip.newStick();
      const ran = await indabundle(trip.exportArguments, { shim: shim!, fault: { ...fault, at } });
      counted(context, 'calls failed under export');
      expect([at, ran.status === EXIT.whole ? 'survived' : ran.status, ran.stderr]).toEqual([
        at,
        expect.toBeOneOf(['survived', EXIT.environment]),
        expect.anything(),
      ]);
      if (existsSync(output)) expect(digestOf(output)).toBe(exported);
      if (ran.status !== EXIT.whole)
        expect((await indabundle([...trip.exportArguments, '--force'])).status).toBe(EXIT.whole);
      expect(digestOf(output)).toBe(exported);
      expect(trip.leftovers()).toEqual([]);
    }
  });

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
