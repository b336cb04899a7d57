import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { statusAt } from '../base/status-at.ts';

/** The names that a bundle file may have. */
const BUNDLE_NAME = /\.(indabundle|tar\.zst)$/i;

/**
 * What to read: a folder without an unpacked bundle in it stands for the bundle files that lie in
 * it, in the order of their names; everything else for itself.
 */
export function bundlesIn(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const files = volumeFiles(name);
    return files.length > 0 ? files : [name];
  });
}

function volumeFiles(folder: string): string[] {
  if (!statusAt(folder)?.isDirectory()) return [];
  if (statusAt(join(folder, 'manifest.json'))?.isFile()) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && BUNDLE_NAME.test(entry.name))
    .map((entry) => entry.name);
  return names.sort().map((name) => join(folder, name));
}
