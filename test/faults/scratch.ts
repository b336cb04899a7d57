import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Memory is faster than a disk where thousands of archives are made; durability is not its business. */
function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A folder that is removed when the tests of the file are done. */
export function scratchFolder(where: 'memory' | 'disk' = 'memory'): string {
  const folder = mkdtempSync(join(where === 'memory' ? fastFolder() : tmpdir(), 'indabundle-faults-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
