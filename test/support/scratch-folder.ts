import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/**
 * A new, empty folder for each test of the file, removed afterwards. Answers paths in it:
 * `folder('sender')` makes that folder, `folder()` is the folder itself.
 */
export function scratchFolder(): (name?: string) => string {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'indabundle-test-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return (name = '.') => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
}
