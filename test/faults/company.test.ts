import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { digestOf, hostileBundle, hostileImages, recordOf } from '../../fixtures/hostile-bundle.ts';
import { counted } from './counting.ts';
import { indabundle } from './program.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';
import { SmallTrip } from './small-trip.ts';

const CRAWLER = fileURLToPath(new URL('crawler.py', import.meta.url));
const hasPython = spawnSync('python3', ['-c', 'import sqlite3']).status === 0;
const folder = scratchFolder('disk');

interface Crawled {
  readonly written: readonly string[];
  readonly errors: readonly string[];
}

/** A crawler at work on a database; `stop` answers what it went through. */
async function crawler(db: string, twins: readonly string[]): Promise<{ stop(): Promise<Crawled> }> {
  const stopFile = join(folder, 'stop');
  const child: ChildProcess = spawn('python3', [CRAWLER, db, stopFile, ...twins], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  while (!text.includes('ready')) await once(child.stdout!, 'data');
  return {
    stop: async () => {
      writeFileSync(stopFile, '');
      await once(child, 'close');
      return JSON.parse(text.slice(text.indexOf('{'))) as Crawled;
    },
  };
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
    const { written, errors } = await crawling.stop();
    counted(context, 'rows written by a crawler meanwhile', written.length);
    expect([ran.status, ran.stderr]).toEqual([EXIT.whole, expect.anything()]);
    expect(errors).toEqual([]);
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

describe('two at once', () => {
  test('on one archive: one does the work, the other says who has it', async (context) => {
    const trip = new SmallTrip(join(folder, 'two'), 40);
    await trip.makeBundle();
    await indabundle(trip.applyArguments);
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
    await indabundle(trip.exportArguments);
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
      expect((await indabundle(['verify', join(trip.stick, 'trip.indabundle')])).status).toBe(EXIT.whole);
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
