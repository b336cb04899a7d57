/** Says what machine the figures are of. */

import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { execFileSync } from 'node:child_process';
import { versionOf } from './programs.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly fileSystem: string;
  readonly node: string;
  /** Runnable processes over the minute before the run: what else was going on. */
  readonly loadBefore: number;
  readonly programs: Readonly<Record<string, string>>;
}

const PROGRAMS = ['sha256sum', 'openssl', 'tar', 'zstd', 'dar', 'borg', 'restic', 'mksquashfs'];

export function describeMachine(work: string): Machine {
  const versions = PROGRAMS.map((name) => [name, versionOf(name)] as const);
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    fileSystem: fileSystemOf(work),
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    programs: Object.fromEntries(versions.filter((each): each is [string, string] => each[1] !== null)),
  };
}

function fileSystemOf(folder: string): string {
  try {
    return execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' }).split('\n')[1]?.trim() ?? '';
  } catch {
    return 'unknown';
  }
}
