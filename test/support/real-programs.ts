import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

/** Runs a program; throws with what it said when it fails. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${String(stderr)}`);
  return String(stdout) + String(stderr);
}

/** The ones of these programs that this machine lacks. */
export function missing(...programs: readonly string[]): string[] {
  return programs.filter((program) => spawnSync(program, ['--version']).error !== undefined);
}

/** What to put behind the title of a test that is skipped for want of programs. */
export function why(lacking: readonly string[]): string {
  return lacking.length === 0 ? '' : ` (skipped: no ${lacking.join(', ')} on this machine)`;
}
