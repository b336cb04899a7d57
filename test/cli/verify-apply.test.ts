import {
  copyFileSync,
  createReadStream,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  answer,
  type DemoArchives,
  demoArchives,
  freshReceiver,
  words,
} from './demo-archives.ts';
import { fakeWorld } from './fake-world.ts';

let here: DemoArchives;

beforeAll(async () => {
  here = await demoArchives();
});

afterAll(() => rmSync(here.folder, { recursive: true, force: true }));

describe('verify', () => {
  test('accepts the name .tar.zst, and standard input', async () => {
    const renamed = join(here.folder, 'út.tar.zst');
    copyFileSync(here.bundle, renamed);
    const { answer: document, status } = await answer(['verify', renamed]);
    expect(status).toBe(3);
    expect(document.results[0].verdict).toBe('omissions');
    const piped = await answer(['verify', '-'], fakeWorld({ stdin: createReadStream(here.bundle) }));
    const { verdict, bytesRead } = document.results[0];
    expect(piped.answer.results[0]).toMatchObject({ verdict, bytesRead });
  });

  test('several bundles make one document, and the worst counts', async () => {
    const cut = join(here.folder, 'cut.indabundle');
    copyFileSync(here.bundle, cut);
    truncateSync(cut, 200_000);
    const { status, answer: document } = await answer([
      'verify',
      here.bundle,
      cut,
      join(here.folder, 'nothing'),
      here.bundle,
    ]);
    expect(status).toBe(4);
    expect(document.exitStatus).toBe(4);
    expect(document.results.map((result: Answer) => result.verdict ?? result.error.code)).toEqual([
      'omissions',
      'damaged',
      'input-not-found',
      'omissions',
    ]);
    expect(document.error.code).toBe('input-not-found');
  });

  test('says what applying would find', async () => {
    const { out } = await words(['verify', here.bundle, '--db', here.receiver, '--lang', 'hu']);
    expect(out).toContain('helyreállított');
    expect(out).toContain('[file-omitted]');
  });

  test.each(['verify', 'inspect', 'apply'])(
    '%s: what is no bundle is said in the language of the user',
    async (command) => {
      const argv = [command, join(here.folder, 'demo', 'DEMO.txt'), '--lang', 'hu'];
      const db = command === 'apply' ? ['--db', here.receiver] : [];
      const { status, out, err } = await words([...argv, ...db]);
      expect(status).toBe(4);
      expect(out + err).toMatch(/^✘ Ez /);
      expect(out + err).not.toMatch(/expected|found|There is|\bthe\b/);
    },
  );

  test('stopped while it waits for standard input, it does not wait on', async () => {
    const world = fakeWorld({ stdin: new PassThrough() });
    const waiting = answer(['verify', '-'], world);
    setTimeout(() => world.controller.abort(), 200);
    const { status, answer: document } = await waiting;
    expect(status).toBe(130);
    expect(document.error.code).toBe('interrupted');
  });
});

describe('apply', () => {
  test('applies, and a second time changes nothing', async () => {
    const db = freshReceiver(here.folder);
    const first = await words(['apply', here.bundle, '--db', db]);
    expect(first.status).toBe(3);
    expect(first.out.replaceAll(/\s+/g, ' ')).toContain('--on-conflict larger');
    const second = await answer(['apply', here.bundle, '--db', db]);
    expect(second.answer.results[0]).toMatchObject({ bytesWritten: 0, backupPath: null });
  });

  test('a dry run says so and changes nothing', async () => {
    const db = freshReceiver(here.folder);
    const before = readFileSync(db);
    const { out } = await words(['apply', here.bundle, '--db', db, '--dry-run']);
    expect(out).toContain('Dry run: nothing was changed.');
    expect(readFileSync(db)).toEqual(before);
  });

  test('an archive that is not there ends it, with the status of the archive', async () => {
    const argv = ['apply', here.bundle, here.bundle, '--db', join(here.folder, 'no.db')];
    const { status, answer: document } = await answer(argv);
    expect(status).toBe(5);
    expect(document.results).toHaveLength(1);
    expect(document.error).toMatchObject({ code: 'db-not-found', exitStatus: 5 });
  });

  test('stopped, it answers 130 and the command to go on with', async () => {
    const world = fakeWorld();
    world.controller.abort();
    const { status, err } = await words(['apply', here.bundle, '--db', freshReceiver(here.folder)], world);
    expect(status).toBe(130);
    expect(err).toContain('indabundle apply');
    expect(err).toContain('[interrupted]');
  });

  test('a report that cannot be written is told as such, when all else is done', async () => {
    const db = freshReceiver(here.folder);
    // A link to what is not there passes for a new file, until it is opened.
    const report = join(here.folder, 'loose.csv');
    symlinkSync(join(here.folder, 'no such folder', 'x.csv'), report);
    const failed = await words(['apply', here.bundle, '--db', db, '--report', report]);
    expect(failed).toMatchObject({ status: 6, err: expect.stringContaining('[report-failed]') });
    const other = join(here.folder, 'other.csv');
    const again = await words(['apply', here.bundle, '--db', db, '--report', other]);
    expect(again.status).toBe(3); // the sender left one out
    expect(readFileSync(other, 'utf8')).toContain('added');
  });

  test('each of several bundles gets a report of its own', async () => {
    const report = join(here.folder, 'report.csv');
    const snow = join(here.folder, 'snow.indabundle');
    await answer(['export', '--db', here.sender, '--tag', 'hó', '-o', snow]);
    const db = freshReceiver(here.folder);
    const { status } = await answer(['apply', here.bundle, snow, '--db', db, '--report', report]);
    expect(status).toBe(3);
    expect(existsSync(report)).toBe(true);
    expect(existsSync(join(here.folder, 'report-2.csv'))).toBe(true);
  });
});
