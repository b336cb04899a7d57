import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bench } from '../../bench/bench.ts';
import { cutJpeg, readPool, splitJpeg } from '../../bench/corpora/jpeg-pool.ts';
import { Random } from '../../bench/corpora/random.ts';
import { hasProgram } from '../../bench/programs.ts';
import { sumOfReads } from '../../bench/reads.ts';
import type { Results } from '../../bench/results.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = process.platform === 'linux' && ['sha256sum', 'tar', 'zstd', 'sync'].every(hasProgram);
/** Milliseconds: twenty programs are started, and others may want the processor as well. */
const STARVED = 600_000;
const tiny = [
  ...['--scale', '0.0002', '--corpora', 'S,R', '--growth', '10', '--runs', '1'],
  ...['--peers', 'by-hand', '--pictures', 'own'],
];

/** In memory where that is possible: on a busy disk, syncing before each run is most of the time. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bench-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(!installed)(
  'a tiny run measures every command and writes table, picture and figures',
  async () => {
    await inFolder(async (folder) => {
      const said: string[] = [];
      await bench([...tiny, '--cache', folder, '--docs', folder], (line) => said.push(line));
      const { sets } = JSON.parse(readFileSync(path.join(folder, 'performance.json'), 'utf8')) as Results;
      const set = sets[0]!;
      expect(set.pairs.map(({ corpus, step }) => `${corpus} ${step}`)).toEqual([
        'S export',
        'S verify',
        'S apply',
      ]);
      const ratios = set.pairs.flatMap(({ ratio }) => [ratio.wall, ratio.cpu, ratio.memory]);
      expect([...ratios, ...set.sizes.map(({ ratio }) => ratio)].filter((ratio) => !(ratio > 0))).toEqual([]);
      expect(set.singles.map(({ corpus, step }) => `${corpus} ${step}`)).toEqual(['S again', 'S inspect']);
      expect(set.growth.filter(({ command }) => command === 'apply').map(({ records }) => records)).toEqual([
        10,
      ]);
      for (const { corpus, step } of set.pairs) {
        expect(said.some((line) => line.startsWith(`${corpus} ${step} / by-hand: wall `))).toBe(true);
      }
      expect(JSON.stringify(sets)).not.toMatch(/NaN|Infinity/);
      expect(readFileSync(path.join(folder, 'performance.md'), 'utf8')).toContain(
        '| export / by hand, S | 0.75 | 0.5 |',
      );
      const picture = readFileSync(path.join(folder, 'performance.svg'), 'utf8');
      expect(picture).not.toMatch(/NaN|undefined/);
      expect(picture).toContain('Peak memory');
      expect(existsSync(path.join(folder, 'S-20-own', 'indafoto.db'))).toBe(true);
    });
  },
  STARVED,
);

test('files of a corpus are unique JPEG files of the size asked for', () => {
  const pool = readPool(
    ['misty-hills-1.jpg', 'sunflower-1.jpg'].map((name) => path.join(root, 'fixtures/pictures', name)),
  );
  const random = new Random(3);
  const files = Array.from({ length: 50 }, () => cutJpeg(pool, random, 12_000));
  expect(new Set(files.map((file) => file.toString('latin1'))).size).toBe(50);
  for (const file of files) {
    expect(file.length).toBe(12_000);
    const { coded } = splitJpeg(file);
    const escapes = [...coded.keys()].filter((at) => coded[at] === 0xff);
    expect(escapes.filter((at) => coded[at + 1] !== 0)).toEqual([]);
    expect(file.subarray(-2).toString('hex')).toBe('ffd9');
  }
});

test('what is read of a file is added up from the calls that finished', () => {
  const log = [
    '7 pread64(17, "..."..., 65536, 0) = 65536',
    '8 read(17,  <unfinished ...>',
    '8 <... read resumed>"..."..., 4096) = 100',
    '8 pread64(17, "", 10, 99) = -1 EINVAL (Invalid argument)',
    '9 pread64(17, "", 10, 99) = 0',
  ].join('\n');
  expect(sumOfReads(log)).toBe(65_636);
  expect(sumOfReads('')).toBe(null);
});
