import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program and returns what it wrote; throws with its message when it fails. */
export function run(program: string, args: readonly string[], cwd?: string): string {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${result.stderr}`);
  return result.stdout + result.stderr;
}

/** Why a test that needs this program is skipped, or '' when it is there. */
export function lacks(program: string): string {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return result.error ? ` (skipped: no ${program} on this machine)` : '';
}

/** Calls with a folder of its own, which is removed afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
