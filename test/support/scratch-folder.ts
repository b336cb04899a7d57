import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach } from 'vitest';

const newFolder = () => mkdtempSync(join(tmpdir(), 'indabundle-test-'));

/**
 * A new, empty folder for each test of the file, removed afterwards. Answers paths in it:
 * `folder('sender')` makes that folder, `folder()` is the folder itself.
 */
export function scratchFolder(): (name?: string) => string {
  let root = '';
  beforeEach(() => {
    root = newFolder();
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

/** One folder for all tests of a `describe`; whoever asks for it removes it. */
export function makeScratch(): () => string {
  let root = '';
  beforeAll(() => {
    root = newFolder();
  });
  return () => root;
}
