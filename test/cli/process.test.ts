import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { hasV8Flag } from '../../src/cli/v8-flags.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'indabundle-process-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function indabundle(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C', LC_ALL: '' },
  });
}

/** Presses Ctrl-C once the program has told of its first step: it waits for its standard input then. */
async function interrupted(child: ChildProcess, times: number): Promise<number | null> {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  await once(child.stderr!, 'data');
  for (let count = 0; count < times; count += 1) child.kill('SIGINT');
  const [status] = await exit;
  return status;
}

describe.skipIf(!existsSync(MAIN))('the program as it is installed', () => {
  test('answers with its exit status', () => {
    expect(indabundle('--version').status).toBe(0);
    expect(indabundle('--help').status).toBe(0);
    expect(indabundle('help', 'verify').status).toBe(0);
    expect(indabundle().status).toBe(2);
    expect(indabundle('verify', join(folder, 'nothing')).status).toBe(4);
    expect(indabundle('export', '--all', '-o', join(folder, 'x'), '--db', folder).status).toBe(5);
  });

  test('says nothing but its own words, whatever version of Node runs it', () => {
    expect(indabundle('--version')).toMatchObject({ status: 0, stderr: '' });
    expect(hasV8Flag('max-semi-space-size')).toBe(true);
    expect(hasV8Flag('interrupt-budget', '20.20.2')).toBe(true);
    expect(hasV8Flag('interrupt-budget', '24.9.0')).toBe(false);
    expect(hasV8Flag('heap-growing-percent', '99.0.0')).toBe(false);
  });

  test('is a failure where nothing is left to wait for in the middle of the work', () => {
    const neverOpens = `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';
      fs.open = () => new Promise(() => {}); syncBuiltinESMExports();`;
    const hook = `data:text/javascript,${encodeURIComponent(neverOpens)}`;
    const args = ['--import', hook, MAIN, 'verify', fileURLToPath(import.meta.url)];
    expect(spawnSync(process.execPath, args).status).toBe(1);
  });

  test('finds its pictures and schemas where they are', () => {
    const { status, stderr, stdout } = indabundle('demo', join(folder, 'demo'));
    expect(stderr).not.toContain('✘');
    expect(stdout).toContain('Step 5');
    expect(status).toBe(0);
  });

  test.each([1, 2])(
    'ends with 130 after Ctrl-C pressed %i times, and does not wait for its input',
    async (times) => {
      const child = spawn(process.execPath, [MAIN, 'verify', '-', '--json'], {
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      expect(await interrupted(child, times)).toBe(130);
      child.stdin?.destroy();
    },
  );

  test('a reader that goes away is no failure of a list', async () => {
    const bundle = join(folder, 'demo', 'trip.indabundle');
    const child = spawn(process.execPath, [MAIN, 'inspect', bundle, '--records'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.destroy();
    const [status] = (await once(child, 'exit')) as [number | null];
    expect(status).toBe(0);
  });
});
