import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArchive } from '../../fixtures/archive-reader.ts';
import { archiveOf, pictures } from '../volumes/series.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'indabundle-pipes-'));
const FIXED = ['--export-id', 'piped', '--created', '2026-03-14T10:15:00Z'];
let sender = '';

beforeAll(() => {
  sender = archiveOf(join(folder, 'sender'), pictures(60, { from: 2 * MIB, to: 2 * MIB + 1 })).databasePath;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...argv: string[]) => [process.execPath, MAIN, ...argv].map((word) => `'${word}'`).join(' ');
const exporting = () => node('export', '--all', '--db', sender, '-o', '-', '--quiet', ...FIXED);

/** Runs a pipeline with bash; the statuses of its first and last program. */
function statusesOf(command: string): number[] {
  const { stdout } = spawnSync(
    'bash',
    ['-c', `${command}; statuses="\${PIPESTATUS[*]}"; echo; echo "$statuses"`],
    {
      encoding: 'utf8',
      timeout: 100_000,
    },
  );
  const statuses = stdout.trim().split('\n').at(-1)!.trim().split(' ').map(Number);
  return [statuses[0]!, statuses.at(-1)!];
}

/** The most memory that a process has had, in bytes. */
function peakOf(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** Reads what the exporter writes, with a pause after each piece; returns bytes and peak memory. */
async function readFrom(pause: number): Promise<{ bytes: number; peak: number; status: number | null }> {
  const child = spawn(
    process.execPath,
    [MAIN, 'export', '--all', '--db', sender, '-o', '-', '--quiet', ...FIXED],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let bytes = 0;
  let peak = 0;
  for await (const piece of child.stdout) {
    bytes += (piece as Buffer).length;
    peak = Math.max(peak, peakOf(child.pid!));
    if (pause > 0) await sleep(pause);
  }
  return { bytes, peak, status: (await exit)[0] };
}

describe.skipIf(!existsSync(MAIN) || process.platform === 'win32')('a pipe between two programs', () => {
  test('carries a bundle from one archive into the other', () => {
    const receiver = archiveOf(join(folder, 'receiver'), [{ author: 'Saját', siteImageId: 77 }]);
    const applying = node('apply', '-', '--db', receiver.databasePath, '--yes', '--quiet');
    expect(statusesOf(`${exporting()} | ${applying}`)).toEqual([0, 0]);
    const { images, fileDigests } = readArchive(receiver.dir);
    expect(images.size).toBe(61);
    expect([...fileDigests.values()].every((digest) => digest !== null)).toBe(true);
  });

  test('carries it through other programs', () => {
    const receiver = archiveOf(join(folder, 'receiver-2'), [{ author: 'Saját', siteImageId: 77 }]);
    const applying = node('apply', '-', '--db', receiver.databasePath, '--yes', '--quiet');
    expect(statusesOf(`${exporting()} | gzip -1 | gzip -d | ${applying}`)).toEqual([0, 0]);
    expect(readArchive(receiver.dir).images.size).toBe(61);
  });

  test('a slow reader slows the writer down, and costs no memory', async () => {
    const fast = await readFrom(0);
    const slow = await readFrom(2);
    expect([fast.status, slow.status]).toEqual([0, 0]);
    expect(slow.bytes).toBe(fast.bytes);
    expect(slow.bytes).toBeGreaterThan(120 * MIB);
    expect(slow.peak).toBeLessThan(fast.peak + 40 * MIB);
  });

  test('a reader that goes away ends the writer, with the status of a failed disk', () => {
    expect(statusesOf(`${exporting()} | head -c 3000000 >/dev/null`)).toEqual([6, 0]);
    expect(statusesOf(`${exporting()} | true`)).toEqual([6, 0]);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'what standard output does not take is not blamed on the archive',
    () => {
      const command = `${exporting()} --lang en 2>&1 >/dev/full`;
      const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8', timeout: 100_000 });
      expect(stdout).toContain('Standard output took no more: ENOSPC');
      expect(stdout).toContain('[output-failed]');
      expect(stdout).not.toContain(sender);
      expect(stdout).not.toContain('goes on where it stopped');
    },
  );

  test('nothing on standard input is no empty list', () => {
    for (const list of ['--records', '--files']) {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, 'inspect', '-', list, '--lang', 'en'], {
        encoding: 'utf8',
        input: '',
      });
      expect([status, stderr]).toEqual([4, expect.stringContaining('standard input cannot be used')]);
    }
  });

  test('a writer that goes away leaves what came whole in the archive', () => {
    const receiver = archiveOf(join(folder, 'receiver-3'), [{ author: 'Saját', siteImageId: 77 }]);
    const applying = node('apply', '-', '--db', receiver.databasePath, '--yes', '--quiet');
    expect(statusesOf(`${exporting()} | head -c 60000000 | ${applying}`)).toEqual([6, 3]);
    const { images } = readArchive(receiver.dir);
    expect(images.size).toBeGreaterThan(20);
    expect(images.size).toBeLessThan(35);
    expect(statusesOf(`${exporting()} | ${applying}`)).toEqual([0, 0]);
    expect(readArchive(receiver.dir).images.size).toBe(61);
  });
});
