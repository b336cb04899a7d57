/** Programs that may or may not be installed. */

import { spawnSync } from 'node:child_process';

const known = new Map<string, boolean>();

export function hasProgram(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = spawnSync('sh', ['-c', `command -v "${name}"`], { stdio: 'ignore' }).status === 0;
    known.set(name, answer);
  }
  return answer;
}

/** The first line with a digit that a program says about its version; null where it is not installed. */
export function versionOf(name: string): string | null {
  if (!hasProgram(name)) return null;
  const flag = { openssl: 'version', restic: 'version', mksquashfs: '-version' }[name] ?? '--version';
  const { stdout, stderr } = spawnSync(name, [flag], { encoding: 'utf8' });
  const line = `${stdout}\n${stderr}`.split('\n').find((text) => /\d\.\d/.test(text));
  return (
    line?.replace(/\*|\(Library.*|, (?:by|Copyright).*| compiled with.*| \(\d{4}\/.*/g, '').trim() ?? null
  );
}
