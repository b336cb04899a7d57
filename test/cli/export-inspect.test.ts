import { createReadStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { run } from '../../src/cli/program.ts';
import { type Answer, answer, type DemoArchives, demoArchives, words } from './demo-archives.ts';
import { fakeWorld } from './fake-world.ts';

let here: DemoArchives;

beforeAll(async () => {
  here = await demoArchives();
});

afterAll(() => rmSync(here.folder, { recursive: true, force: true }));

describe('export', () => {
  test('answers with what was packed and what was left out', async () => {
    const path = join(here.folder, 'second.indabundle');
    const result = await answer(['export', '--db', here.sender, '--for', here.receiver, '-o', path]);
    expect(result.status).toBe(3);
    expect(result.answer).toMatchObject({
      command: 'export',
      exitStatus: 3,
      result: {
        path,
        omittedTotal: 1,
        omitted: [{ reason: 'missing' }],
        forReceiver: { restore: 1, conflict: 1 },
      },
    });
  });

  test('does not replace what is there without --force, and says so', async () => {
    const before = readFileSync(here.bundle);
    const { status, err } = await words(['export', '--db', here.sender, '--all', '-o', here.bundle]);
    expect(status).toBe(2);
    expect(err).toContain('[output-exists]');
    expect(readFileSync(here.bundle)).toEqual(before);
  });

  test('a dry run needs no output and writes nothing', async () => {
    const { status, out } = await words([
      'export',
      '--db',
      here.sender,
      '--tag',
      'balaton',
      '--dry-run',
      '--lang',
      'hu',
    ]);
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
    const argv = ['export', '--db', here.sender, '--tag', 'hó', '-o', '-', '--json', '--quiet'];
    expect(await run(argv, world)).toBe(0);
    expect(JSON.parse(world.stderr.text)).toMatchObject({
      command: 'export',
      result: { path: null, files: 2 },
    });
    expect(Buffer.concat(piped).subarray(0, 4)).toEqual(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  });

  test('an error beside a bundle on standard output is told on standard error', async () => {
    const world = fakeWorld();
    const argv = ['export', '--db', join(here.folder, 'no.db'), '--all', '-o', '-', '--json'];
    expect(await run(argv, world)).toBe(5);
    expect(world.stdout.text).toBe('');
    expect(JSON.parse(world.stderr.text)).toMatchObject({ error: { code: 'db-not-found' } });
  });
});

describe('inspect', () => {
  test('gives lists in one document', async () => {
    const { status, answer: document } = await answer(['inspect', here.bundle, '--files', '--records']);
    expect(status).toBe(0);
    const [result] = document.results;
    expect(result.manifest.source.label).toBe('Éva');
    expect(result.records).toHaveLength(result.manifest.totals.records);
    expect(result.files.filter((line: Answer) => 'path' in line)).toHaveLength(result.end.files);
    expect(result.error).toBeUndefined();
  });

  test('lists in columns on a terminal, in full with tabs elsewhere', async () => {
    for (const columns of [80, 200]) {
      const { out } = await words(['inspect', here.bundle, '--records'], fakeWorld({ columns }));
      for (const line of out.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(out).toContain('Pipacsmező Etyeknél 🌺');
    }
    const { out } = await words(['inspect', here.bundle, '--records']);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([6]));
  });

  test('reads a list from standard input', async () => {
    const world = fakeWorld({ stdin: createReadStream(here.bundle) });
    const { status, answer: document } = await answer(['inspect', '-', '--records'], world);
    expect(status).toBe(0);
    expect(document.results[0].records.length).toBeGreaterThan(5);
  });

  test('two lists at once are for programs only', async () => {
    const { status, err } = await words(['inspect', here.bundle, '--records', '--files']);
    expect(status).toBe(2);
    expect(err).toContain('--json');
  });
});
