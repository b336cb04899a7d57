import { copyFileSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { makeDemo } from '../../src/demo/demo-folder.ts';
import { type FakeWorld, fakeWorld } from './fake-world.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- what JSON answers is looked at by its members
type Answer = any;

let folder = '';
let sender = '';
let receiver = '';
let bundle = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'indabundle-cli-'));
  const demo = makeDemo(join(folder, 'demo'));
  sender = join(demo.sender, 'indafoto.db');
  receiver = join(demo.receiver, 'indafoto.db');
  bundle = join(folder, 'út.indabundle');
  const { status } = await answer(['export', '--db', sender, '--for', receiver, '--label', 'Éva', '-o', bundle]);
  expect(status).toBe(3);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A receiver of its own for each test that writes. */
function freshReceiver(): string {
  const demo = makeDemo(mkdtempSync(join(folder, 'receiver-')));
  return join(demo.receiver, 'indafoto.db');
}

async function answer(argv: readonly string[], world: FakeWorld = fakeWorld()): Promise<{ status: number; answer: Answer }> {
  const status = await run([...argv, '--json', '--quiet'], world);
  return { status, answer: JSON.parse(world.stdout.text) as Answer };
}

async function words(argv: readonly string[], world: FakeWorld = fakeWorld()): Promise<{ status: number; out: string; err: string }> {
  const status = await run(argv, world);
  return { status, out: world.stdout.text, err: world.stderr.text };
}

describe('export', () => {
  test('answers with what was packed and what was left out', async () => {
    const path = join(folder, 'second.indabundle');
    const result = await answer(['export', '--db', sender, '--for', receiver, '-o', path]);
    expect(result.status).toBe(3);
    expect(result.answer).toMatchObject({
      command: 'export',
      exitStatus: 3,
      result: { path, omittedTotal: 1, omitted: [{ reason: 'missing' }], forReceiver: { restore: 1, conflict: 1 } },
    });
  });

  test('does not replace what is there without --force, and says so', async () => {
    const before = readFileSync(bundle);
    const { status, err } = await words(['export', '--db', sender, '--all', '-o', bundle]);
    expect(status).toBe(2);
    expect(err).toContain('[output-exists]');
    expect(readFileSync(bundle)).toEqual(before);
  });

  test('a dry run needs no output and writes nothing', async () => {
    const { status, out } = await words(['export', '--db', sender, '--tag', 'balaton', '--dry-run', '--lang', 'hu']);
    expect(status).toBe(0);
    expect(out).toContain('Próbafutás');
    expect(out).toContain('2 fájl');
  });

  test('into a pipe: the bundle on standard output, the document on standard error', async () => {
    const world = fakeWorld();
    const piped: Buffer[] = [];
    world.stdout._write = (chunk: Buffer | string, _encoding, done) => {
      piped.push(Buffer.from(chunk));
      done();
    };
    const status = await run(['export', '--db', sender, '--tag', 'hó', '-o', '-', '--json', '--quiet'], world);
    expect(status).toBe(0);
    expect(JSON.parse(world.stderr.text)).toMatchObject({ command: 'export', result: { path: null, files: 2 } });
    expect(Buffer.concat(piped).subarray(0, 4)).toEqual(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  });
});

describe('inspect', () => {
  test('gives lists in one document', async () => {
    const { status, answer: document } = await answer(['inspect', bundle, '--files', '--records']);
    expect(status).toBe(0);
    const [result] = document.results;
    expect(result.manifest.source.label).toBe('Éva');
    expect(result.records).toHaveLength(result.manifest.totals.records);
    expect(result.files.filter((line: Answer) => 'path' in line)).toHaveLength(result.end.files);
    expect(result.error).toBeUndefined();
  });

  test('lists in columns on a terminal, in full with tabs elsewhere', async () => {
    for (const columns of [80, 200]) {
      const { out } = await words(['inspect', bundle, '--records'], fakeWorld({ columns }));
      for (const line of out.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(out).toContain('Pipacsmező Etyeknél 🌺');
    }
    const { out } = await words(['inspect', bundle, '--records']);
    const rows = out.trimEnd().split('\n').map((line) => line.split('\t'));
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([6]));
  });

  test('reads a list from standard input', async () => {
    const world = fakeWorld({ stdin: createReadStream(bundle) });
    const { status, answer: document } = await answer(['inspect', '-', '--records'], world);
    expect(status).toBe(0);
    expect(document.results[0].records.length).toBeGreaterThan(5);
  });
});

describe('verify', () => {
  test('accepts the name .tar.zst, and standard input', async () => {
    const renamed = join(folder, 'út.tar.zst');
    copyFileSync(bundle, renamed);
    const { answer: document, status } = await answer(['verify', renamed]);
    expect(status).toBe(3);
    expect(document.results[0].verdict).toBe('omissions');
    const piped = await answer(['verify', '-'], fakeWorld({ stdin: createReadStream(bundle) }));
    expect(piped.answer.results[0].verdict).toBe('omissions');
  });

  test('several bundles make one document, and the worst counts', async () => {
    const cut = join(folder, 'cut.indabundle');
    copyFileSync(bundle, cut);
    truncateSync(cut, 200_000);
    const { status, answer: document } = await answer(['verify', bundle, cut, join(folder, 'nothing'), bundle]);
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
    const { out } = await words(['verify', bundle, '--db', receiver, '--lang', 'hu']);
    expect(out).toContain('helyreállított');
    expect(out).toContain('[file-omitted]');
  });

  test('what is no bundle is said in the language of the user', async () => {
    const { status, err } = await words(['verify', join(folder, 'demo', 'DEMO.txt'), '--lang', 'hu']);
    expect(status).toBe(4);
    expect(err).toMatch(/^✘ /);
    expect(err).not.toMatch(/expected|found|There is/);
  });
});

describe('apply', () => {
  test('applies, and a second time changes nothing', async () => {
    const db = freshReceiver();
    const first = await words(['apply', bundle, '--db', db]);
    expect(first.status).toBe(3);
    expect(first.out).toContain('--on-conflict larger');
    const second = await answer(['apply', bundle, '--db', db]);
    expect(second.answer.results[0]).toMatchObject({ bytesWritten: 0, backupPath: null });
  });

  test('a dry run says so and changes nothing', async () => {
    const db = freshReceiver();
    const before = readFileSync(db);
    const { out } = await words(['apply', bundle, '--db', db, '--dry-run']);
    expect(out).toContain('Dry run: nothing was changed.');
    expect(readFileSync(db)).toEqual(before);
  });

  test('an archive that is not there ends it, with the status of the archive', async () => {
    const { status, answer: document } = await answer(['apply', bundle, bundle, '--db', join(folder, 'no.db')]);
    expect(status).toBe(5);
    expect(document.results).toHaveLength(1);
    expect(document.error).toMatchObject({ code: 'db-not-found', exitStatus: 5 });
  });

  test('stopped, it answers 130 and the command to go on with', async () => {
    const world = fakeWorld();
    world.controller.abort();
    const { status, err } = await words(['apply', bundle, '--db', freshReceiver()], world);
    expect(status).toBe(130);
    expect(err).toContain(`indabundle apply`);
    expect(err).toContain('[interrupted]');
  });

  test('each of several bundles gets a report of its own', async () => {
    const report = join(folder, 'report.csv');
    const all = join(folder, 'all.indabundle');
    await answer(['export', '--db', sender, '--tag', 'hó', '-o', all]);
    const { status } = await answer(['apply', bundle, all, '--db', freshReceiver(), '--report', report]);
    expect(status).toBe(3);
    expect(existsSync(report)).toBe(true);
    expect(existsSync(join(folder, 'report-2.csv'))).toBe(true);
  });
});

describe('every command', () => {
  test('logs events, results and errors as JSON lines', async () => {
    const log = join(folder, 'run.log');
    await words(['verify', bundle, '--log-file', log]);
    await words(['verify', join(folder, 'nothing'), '--log-file', log]);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Answer);
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['start', 'phase', 'result', 'end']));
    expect(lines.at(-2)).toMatchObject({ level: 'error', code: 'input-not-found' });
  });

  test('a log that cannot be written is said', async () => {
    const { status, err } = await words(['verify', bundle, '--log-file', join(folder, 'no', 'run.log')]);
    expect(status).toBe(6);
    expect(err).toContain('[io-error]');
  });
});

describe('demo', () => {
  test.each(['en', 'hu'])('walks through every step in %s', async (lang) => {
    const dir = join(folder, `walk-${lang}`);
    const { status, out, err } = await words(['demo', dir, '--lang', lang]);
    expect(err).not.toContain('✘');
    expect(status).toBe(0);
    for (const command of ['export', 'inspect', 'verify', 'apply']) expect(out).toContain(`$ indabundle ${command}`);
    expect(existsSync(join(dir, 'trip.indabundle'))).toBe(true);
  });

  test('answers as one document', async () => {
    const { status, answer: document } = await answer(['demo', join(folder, 'walk-json')]);
    expect(status).toBe(0);
    const { steps } = document.result;
    expect(steps.map((step: Answer) => step.document.command)).toEqual(['export', 'inspect', 'verify', 'apply', 'apply']);
    expect(steps[3].document.results[0].outcomes).toMatchObject({ restored: 1, conflict: 1, banned: 1 });
  });

  test('touches no folder that is not its own', async () => {
    expect((await words(['demo', join(folder, 'walk-en')])).status).toBe(2);
    expect((await words(['demo', folder, '--force'])).status).toBe(2);
    expect((await words(['demo', join(folder, 'walk-en'), '--force'])).status).toBe(0);
    expect(existsSync(bundle)).toBe(true);
  });
});
