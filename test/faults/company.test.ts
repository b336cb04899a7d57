import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, test, type TestContext } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { digestOf, hostileBundle, hostileImages, recordOf } from '../../fixtures/hostile-bundle.ts';
import { counted } from './counting.ts';
import { compiledShim, indabundle, isStopped, start } from './program.ts';
import { Receiver } from './receiver.ts';
import { runHere } from './resuming.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const CRAWLER = fileURLToPath(new URL('crawler.py', import.meta.url));
const hasPython = spawnSync('python3', ['-c', 'import sqlite3']).status === 0;
const folder = scratchFolder('disk');
const shim = compiledShim();
/** Seconds that a crawler waits for the database before it gives a write up. */
const PATIENCE = 5;

interface Crawled {
  /** Seconds that the slowest write took. */
  readonly longest: number;
  readonly written: readonly string[];
  readonly errors: readonly string[];
}

/** A crawler at work on a database; `stop` answers what it went through. */
async function crawler(db: string, twins: readonly string[]): Promise<{ stop(): Promise<Crawled> }> {
  const stopFile = `${db}.stop`;
  const child: ChildProcess = spawn('python3', [CRAWLER, db, stopFile, ...twins], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let text = '';
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  while (!text.includes('ready')) await once(child.stdout!, 'data');
  return {
    stop: async () => {
      writeFileSync(stopFile, '');
      await closed;
      rmSync(stopFile);
      return JSON.parse(text.slice(text.indexOf('{'))) as Crawled;
    },
  };
}

/** Stops a crawler that had no trouble and was never locked out for long; answers what it wrote. */
async function undisturbed(
  crawling: Awaited<ReturnType<typeof crawler>>,
  context: TestContext,
): Promise<readonly string[]> {
  const { written, errors, longest } = await crawling.stop();
  counted(context, 'rows written by a crawler meanwhile', written.length);
  expect(errors).toEqual([]);
  expect(longest).toBeLessThan(PATIENCE);
  expect(written.length).toBeGreaterThan(20);
  return written;
}

describe.skipIf(!hasPython)('a crawler that writes all the time', () => {
  test('loses no write, is never locked out, and no image is there twice', async (context) => {
    const receiver = new Receiver(join(folder, 'company'));
    const images = hostileImages(900, 'company');
    const bundle = join(folder, 'company.indabundle');
    writeFileSync(bundle, hostileBundle(images));
    const urls = images.map((image, at) => (recordOf(image, at)['image'] as { url: string }).url);
    const crawling = await crawler(receiver.db, urls.slice(-60));
    const ran = await indabundle(['apply', bundle, '--db', receiver.db, '--yes']);
    const written = await undisturbed(crawling, context);
    expect([ran.status, ran.stderr]).toEqual([EXIT.whole, expect.anything()]);
    const { rows, integrity } = receiver.landed();
    expect(integrity).toBe('ok');
    expect(rows.filter(({ author }) => author === 'Crawler').map(({ url }) => url)).toEqual(written);
    const brought = rows.filter(({ author }) => author === 'Anna');
    const digests = new Set(rows.map(({ sha256_hash }) => sha256_hash));
    const seen = new Set(written);
    const missing = images.filter(({ file }, at) => !seen.has(urls[at]!) && !digests.has(digestOf(file)));
    expect(missing).toEqual([]);
    expect(new Set(brought.map(({ url }) => url)).size).toBe(brought.length);
  });
});

describe.skipIf(!hasPython)('a crawler that writes while an apply is taken back', () => {
  test('loses no write and is never locked out, and all that was applied goes', async (context) => {
    const receiver = new Receiver(join(folder, 'reverted'));
    const bundle = join(folder, 'reverted.indabundle');
    writeFileSync(bundle, hostileBundle(hostileImages(400, 'reverted')));
    const { operationId } = (await receiver.apply(bundle)).result!;
    const crawling = await crawler(receiver.db, []);
    const ran = await indabundle(['revert', operationId!, '--db', receiver.db, '--yes', '--no-backup']);
    const written = await undisturbed(crawling, context);
    expect([ran.status, ran.stderr]).toEqual([EXIT.whole, expect.anything()]);
    const { rows, integrity, strange } = receiver.landed();
    expect([integrity, strange]).toEqual(['ok', []]);
    expect(rows.map(({ url }) => url)).toEqual(written);
  });
});

describe.skipIf(shim === null)('one stands still in the middle of its work', () => {
  const places: Record<string, { calls: string; names: string; at: number }> = {
    'while it writes a photo': { calls: 'write', names: '.tmp', at: 3 },
    'while it puts a photo in its place': { calls: 'link,rename', names: '.jpg', at: 3 },
  };

  test.each(Object.keys(places))(
    '%s: others write to the database, another run says who is at work, and a kill frees it',
    async (place) => {
      const trip = new SmallTrip(join(folder, place), 12);
      await trip.makeBundle();
      await runHere(trip.applyArguments);
      const expected = trip.received();
      for (const end of ['SIGCONT', 'SIGKILL'] as const) {
        trip.newReceiver();
        const fault = { root: trip.receiver, ...places[place]!, act: 'STOP' } as const;
        const running = start(trip.applyArguments, { shim: shim!, fault });
        expect(await isStopped(running)).toBe(true);
        writeAsOther(join(trip.receiver, 'indafoto.db'));
        const second = await runHere(trip.applyArguments);
        expect(second.stderr.replace(/\s+/g, ' ')).toContain(
          `Another indabundle is working on this archive (process ${running.child.pid} on`,
        );
        expect(second.status).toBe(EXIT.environment);
        running.child.kill(end);
        expect((await running.ended).status).toBe(end === 'SIGCONT' ? EXIT.whole : null);
        if (end === 'SIGKILL') expect((await indabundle(trip.applyArguments)).status).toBe(EXIT.whole);
        expect(trip.received()).toEqual(expected);
        expect(trip.leftovers()).toEqual([]);
      }
    },
  );

  test('an export: another one into the same file says who writes it, and a kill frees it', async () => {
    const trip = new SmallTrip(join(folder, 'one export'), 12);
    const fault = { root: trip.stick, calls: 'write', names: '.part', at: 3, act: 'STOP' } as const;
    const running = start(trip.exportArguments, { shim: shim!, fault });
    expect(await isStopped(running)).toBe(true);
    writeAsOther(join(trip.sender, 'indafoto.db'));
    const second = await runHere(trip.exportArguments);
    expect(second.stderr.replace(/\s+/g, ' ')).toMatch(
      new RegExp(`Another indabundle is writing .*\\(process ${running.child.pid} on`),
    );
    expect(second.status).toBe(EXIT.environment);
    running.child.kill('SIGKILL');
    await running.ended;
    expect((await indabundle(trip.exportArguments)).status).toBe(EXIT.whole);
    expect(trip.leftovers()).toEqual([]);
  });
});

/** Writes without the patience to wait for anybody. */
function writeAsOther(path: string): void {
  const db = new Database(path, { timeout: 0 });
  db.exec(`BEGIN IMMEDIATE; UPDATE tags SET count = count; COMMIT`);
  db.close();
}

describe('two at once', () => {
  test('on one archive: one does the work, the other says who has it', async (context) => {
    const trip = new SmallTrip(join(folder, 'two'), 40);
    await trip.makeBundle();
    await runHere(trip.applyArguments);
    const expected = trip.received();
    for (let turn = 0; turn < 3; turn += 1) {
      trip.newReceiver();
      const both = await Promise.all([indabundle(trip.applyArguments), indabundle(trip.applyArguments)]);
      expect(both.map(({ status }) => status).sort()).toEqual(
        expect.toBeOneOf([
          [0, 0],
          [0, EXIT.environment],
        ]),
      );
      const locked = both.find(({ status }) => status === EXIT.environment);
      if (locked)
        expect(locked.stderr.replace(/\s+/g, ' ')).toMatch(
          /Another indabundle is working on this archive.*process \d+/,
        );
      expect(trip.received()).toEqual(expected);
      expect(trip.leftovers()).toEqual([]);
      counted(context, 'pairs at once');
    }
  });

  test('into one file: one writes it, the other says who does', async (context) => {
    const trip = new SmallTrip(join(folder, 'two-exports'), 40);
    await runHere(trip.exportArguments);
    for (let turn = 0; turn < 3; turn += 1) {
      trip.newStick();
      const both = await Promise.all([indabundle(trip.exportArguments), indabundle(trip.exportArguments)]);
      const statuses = both.map(({ status }) => status).sort();
      expect(statuses).toEqual(
        expect.toBeOneOf([
          [0, EXIT.usage],
          [0, EXIT.environment],
        ]),
      );
      expect((await runHere(['verify', join(trip.stick, 'trip.indabundle')])).status).toBe(EXIT.whole);
      expect(trip.leftovers()).toEqual([]);
      counted(context, 'pairs at once');
    }
  });
});

test('a lock whose holder was killed is free', async () => {
  const trip = new SmallTrip(join(folder, 'killed'), 10);
  await trip.makeBundle();
  const lock = new Database(join(trip.receiver, 'indafoto.db.indabundle-lock'));
  lock.exec('CREATE TABLE holder (name TEXT)');
  lock.close();
  expect((await indabundle(trip.applyArguments)).status).toBe(0);
  expect(trip.leftovers()).toEqual([]);
});
