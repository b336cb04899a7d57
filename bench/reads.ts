/** Counts what a command reads of one file, by watching its system calls. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasProgram } from './programs.ts';

/** @returns bytes, or null where strace is not there or may not trace */
export function bytesReadOf(script: string, file: string, env: Record<string, string>): number | null {
  if (!hasProgram('strace')) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'reads-'));
  try {
    const log = path.join(folder, 'calls');
    const calls = 'trace=read,pread64,readv,preadv,preadv2,mmap';
    const args = ['-f', '-qq', '-P', file, '-e', calls, '-o', log, 'sh', '-c', script];
    // Reads through io_uring are no system calls, and would not be counted.
    const all = { ...process.env, ...env, UV_USE_IO_URING: '0' };
    const { status } = spawnSync('strace', args, { env: all, stdio: 'ignore', timeout: 120_000 });
    return status === 0 ? sumOfReads(readFileSync(log, 'utf8')) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the calls returned, added up. */
export function sumOfReads(log: string): number | null {
  const results = [...log.matchAll(/(?:p?readv?(?:64|2)?(?:\(| resumed)).*\) += (\d+)$/gm)];
  return results.length === 0 ? null : results.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
