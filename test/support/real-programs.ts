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

/** A title that says why it is skipped, for `test.skipIf`. */
export function unless(title: string, lacking: readonly string[]): string {
  return lacking.length === 0 ? title : `${title} (skipped: no ${lacking.join(', ')} on this machine)`;
}
