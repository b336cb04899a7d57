import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { archiveOf, pictures } from '../volumes/series.ts';
import { answer } from './demo-archives.ts';
import { fakeWorld } from './fake-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'indabundle-cli-volumes-'));
const series = join(folder, 'út');
let sender = '';

beforeAll(async () => {
  sender = archiveOf(join(folder, 'sender'), pictures(36, { from: 100_000, to: 150_000 })).databasePath;
  await say([
    'export',
    '--all',
    '--db',
    sender,
    '-o',
    series,
    '--volume-size',
    '1750K',
    '--label',
    'Éva',
    '--check',
  ]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function say(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<{ status: number; out: string; err: string }> {
  const world = fakeWorld({ env, columns: 100 });
  const status = await run(argv, world);
  return { status, out: world.stdout.text, err: world.stderr.text };
}

let receivers = 0;
function receiver(): string {
  receivers += 1;
  return archiveOf(join(folder, `receiver-${receivers}`), [{ author: 'Saját', siteImageId: 77 }])
    .databasePath;
}

const volume = (number: number) => join(series, `út.v0${number}-of-03.indabundle`);

describe('export of a series', () => {
  test('shows its volumes, and what was checked', async () => {
    const output = join(folder, 'some');
    const { status, out, err } = await say([
      'export',
      '--all',
      '--db',
      sender,
      '-o',
      output,
      '--volume-size',
      '1750K',
      '--volumes',
      '2',
      '--check',
    ]);
    expect(status).toBe(0);
    expect(out).toContain('some.v02-of-03.indabundle');
    expect(out).toMatch(/Checked +read back/);
    expect(out).toContain('--volumes 1,3');
    expect(err).toContain('some.plan');
    expect(readdirSync(output)).toEqual(['some.plan', 'some.v02-of-03.indabundle']);
    const { answer: document } = await answer([
      'export',
      '--all',
      '--db',
      sender,
      '-o',
      output,
      '--volume-size',
      '1750K',
    ]);
    expect(document.result.volumes.map(({ state }: { state: string }) => state)).toEqual([
      'made',
      'there',
      'made',
    ]);
  });

  test.each([
    [['--volume-size', 'tiny'], 'fat32, cd, dvd'],
    [['--volume-size', '1750K', '--volumes', '3-1'], '3-5'],
    [['--volumes', '1'], '--volumes needs --volume-size'],
    [['--volume-size', '70K'], 'The smallest size that would do: --volume-size'],
    [['--volume-size', '1750K', '--volumes', '4'], 'numbers from 1 to 3'],
  ])('%j is told to be wrong', async (options, text) => {
    const { status, err } = await say([
      'export',
      '--all',
      '--db',
      sender,
      '-o',
      join(folder, 'wrong'),
      ...options,
    ]);
    expect(status).toBe(2);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(text);
  });

  test('a series and a check do not go into a pipe', async () => {
    for (const option of [['--volume-size', 'cd'], ['--check']]) {
      const world = fakeWorld();
      expect(await run(['export', '--all', '--db', sender, '-o', '-', ...option], world)).toBe(2);
      expect(world.stdout.text).toBe('');
    }
  });
});

describe('a folder of volumes', () => {
  test('is inspected and verified volume by volume, in either language', async () => {
    const inspected = await say(['inspect', series]);
    expect(inspected.status).toBe(0);
    expect(inspected.out).toMatch(/All 3 volumes of a series are here \(Éva, /);
    expect(inspected.out).toContain('2 of 3');
    const hungarian = await say(['verify', volume(1), volume(3), '--lang', 'hu']);
    expect(hungarian.status).toBe(0);
    expect(hungarian.out).toContain('3 kötetből itt van: 1, 3');
    expect(hungarian.out.split('Hiányzik: 2.')).toHaveLength(3);
    expect(hungarian.out.trim().split('\n').at(-1)).not.toContain('ép');
    expect((await say(['verify', volume(1), volume(3), '--quiet'])).out).toContain('Missing: 2.');
    const { answer: document } = await answer(['verify', volume(3), volume(3), volume(1)]);
    expect(document.series).toMatchObject([{ count: 3, missing: [2], doubled: [3] }]);
    expect(document.results).toHaveLength(3);
  });

  test('is applied as one operation, with one report; the status names what is missing', async () => {
    const db = receiver();
    const report = join(folder, 'report.csv');
    const first = await say(['apply', volume(3), '--db', db, '--yes', '--report', report]);
    expect(first.out.replaceAll(/\s+/g, ' ')).toContain('applied 3 of 3; still to come: 1-2');
    expect(first.out.replaceAll(/\s+/g, ' ')).toContain('Apply the volumes that are still to come');
    expect((await say(['status', '--db', db])).out).toContain('1 of 3 volumes');
    const { answer: status } = await answer(['status', '--db', db]);
    expect(status.result.operations).toMatchObject([
      { volumes: { count: 3, applied: [3], missing: [1, 2] } },
    ]);
    const rest = await say(['apply', series, '--db', db, '--yes', '--report', report]);
    expect(rest.status).toBe(0);
    expect(rest.out).toContain('all 3 volumes are applied');
    expect(rest.err.match(/Going on where an earlier run stopped/g)).toHaveLength(1);
    expect(readFileSync(report, 'utf8').trim().split('\n')).toHaveLength(37);
    expect(readdirSync(folder).filter((name) => name.startsWith('report'))).toEqual(['report.csv']);
  });

  test('with an empty file, a stranger and a damaged copy: the rest is applied, and what went wrong is said', async () => {
    const stick = mkdtempSync(join(folder, 'stick-'));
    for (const number of [1, 2, 3]) copyFileSync(volume(number), join(stick, `${number}.indabundle`));
    const bytes = readFileSync(volume(2));
    writeFileSync(join(stick, '2.indabundle'), bytes.subarray(0, Math.floor(bytes.length * 0.9)));
    writeFileSync(join(stick, '4.indabundle'), '');
    await say(['export', '--db', sender, '--author', 'Szerző 1', '-o', join(stick, '5.indabundle')]);
    const { status, answer: document } = await answer([
      'apply',
      stick,
      '--db',
      receiver(),
      '--yes',
      '--remove-when-done',
    ]);
    expect(status).toBe(3);
    expect(
      document.results.map(
        (result: { error?: { code: string }; removed?: boolean }) => result.error?.code ?? result.removed,
      ),
    ).toEqual([true, false, true, 'bundle-not-acceptable', true]);
    expect(readdirSync(stick)).toEqual(['2.indabundle', '4.indabundle']);
    expect(existsSync(volume(1))).toBe(true);
  });
});

describe('diff', () => {
  test('says in numbers and as a list what one has and the other has not', async () => {
    const db = receiver();
    const { status, out } = await say(['diff', series, db, '--files']);
    expect(status).toBe(0);
    expect(out).toMatch(/only A has the image +36/);
    expect(out).toMatch(/^A {2}only here {2}.*Szerző 0/m);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('36 images, 36 with their photo');
    const { answer: document } = await answer(['diff', db, series, '--files']);
    expect(document.result).toMatchObject({ onlyB: { images: 36 }, same: 0 });
    expect(document.differences).toHaveLength(document.result.onlyA.images + 36);
    const hungarian = await say(['diff', series, sender, '--lang', 'hu']);
    expect(hungarian.out).toContain('Mindkettőben ugyanazok a képek vannak');
  });
});
